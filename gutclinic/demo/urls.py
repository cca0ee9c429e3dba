"""Addresses of the demonstration. `gutclinic.urls` includes them only with its setting."""

from django.urls import path

from gutclinic.demo import views

app_name = "demo"
urlpatterns = [path("outbox/", views.outbox, name="outbox")]
