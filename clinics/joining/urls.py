"""Accepting an invitation to work in a clinic."""

from django.urls import path

from clinics.joining import views

app_name = "joining"
urlpatterns = [path("<slug:code>/<slug:secret>/", views.staff, name="staff")]
