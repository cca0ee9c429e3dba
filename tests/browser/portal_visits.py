"""What the tests of the portal do in a browser, in a few words."""

import re
from datetime import date, datetime

from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from clinics.domain.instants import civil_date, zone
from clinics.models import User
from patients.models import Patient
from tests.servers.outbox import Outbox


def live_at_noon(patient: Patient, *, at: datetime) -> date:
    """Let this patient live where it is past noon now, so that no test meets midnight; the date there."""
    # The signs of these names are turned round: Etc/GMT-2 is two hours ahead.
    patient.zone = f"Etc/GMT{at.hour - 12:+d}" if at.hour != 12 else "Etc/GMT"
    patient.save()
    return civil_date(at, zone(patient.zone))


def now() -> datetime:
    """The clock of the server that the browser talks to, which no test may stop."""
    return timezone.now()


def let_in(page: Page, server: LiveServer, user: User) -> None:
    """Give the browser the session of somebody who signed in before."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])


def newest_code(mail: Outbox) -> str:
    """The sign-in code of the newest message."""
    found = re.search(r"^\d{4}-\d{4}$", mail.messages()[-1].text, re.M)
    assert found is not None
    return found[0]


def sign_in(page: Page, email: str, mail: Outbox) -> None:
    """From the sign-in page through the emailed code."""
    cache.clear()
    arrived = len(mail.messages())
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Send me a code").click()
    mail.wait_for(arrived + 1)
    page.get_by_label("Code").fill(newest_code(mail))
    page.get_by_role("button", name="Sign in").click()
