"""The addresses of the house."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from gutclinic.health import health
from gutclinic.home import home
from patients.portal.calendars import feed as calendar_feed

# Staff sign in at the one sign-in page too. Unfold replaces the admin site when it gets ready, so this stands here.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", home, name="home"),
    path("portal/", include("patients.portal.urls")),
    path("prescriber/", include("patients.prescriber.urls")),
    path("calendar/<slug:token>.ics", calendar_feed, name="calendar-feed"),
    path("join/", include("clinics.joining.urls")),
    path("account/", include("gutclinic.account_urls")),
    path("api/", include("patients.api.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health, name="health"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("gutclinic.demo.urls")))
