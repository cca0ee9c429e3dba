"""Accepting an invitation to work in a clinic."""

app_name = "joining"
urlpatterns: list = []
