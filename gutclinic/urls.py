"""The addresses of the house."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from gutclinic.health import delivery_health, health
from gutclinic.home import home
from gutclinic.metrics import metrics
from patients.api.email_reports import email_reports
from patients.api.status_reports import text_message_reports
from patients.portal.calendars import feed as calendar_feed
from patients.portal.stopping_messages import stop as stop_messages

# Staff sign in at the one sign-in page too. Unfold replaces the admin site when it gets ready, so this stands here.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", home, name="home"),
    path("portal/", include("patients.portal.urls")),
    path("prescriber/", include("patients.prescriber.urls")),
    path("calendar/<slug:token>.ics", calendar_feed, name="calendar-feed"),
    path("messages/reports/email/", email_reports, name="email-reports"),
    path("messages/reports/text/", text_message_reports, name="text-message-reports"),
    path("messages/<slug:token>/stop/", stop_messages, name="stop-messages"),
    path("join/", include("clinics.joining.urls")),
    path("account/", include("gutclinic.account_urls")),
    path("api/", include("patients.api.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health, name="health"),
    path("healthz/reminders", delivery_health, name="delivery-health"),
    path("metrics", metrics, name="metrics"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("gutclinic.demo.urls")))
