"""The patient's pages. Every address carries the patient's code, since one login may open two records."""

app_name = "portal"
urlpatterns: list = []
