"""The machine face of plans."""

app_name = "api"
urlpatterns: list = []
