"""The patient's pages. Every address carries the patient's code, since one login may open two records."""

from django.urls import path

from patients.portal import invitations, views

app_name = "portal"
urlpatterns = [
    path("invitation/<slug:code>/<slug:secret>/", invitations.accept, name="accept"),
    path("<slug:code>/", views.home, name="home"),
    path("<slug:code>/tick/", views.tick, name="tick"),
    path("<slug:code>/untick/", views.untick, name="untick"),
]
