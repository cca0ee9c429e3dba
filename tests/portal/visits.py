"""Angela looking at the pages of her taper, on any of its days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import time_machine
from django.test import Client

from patients.models import Patient, Taper
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.portal.reading import text_of


@dataclass
class Visit:
    """Her pages on one day, signed in. Paths are those below the taper: “”, “diary/”, “warning/”; or “today”."""

    client: Client
    patient: Patient
    taper: Taper
    day: str

    def address(self, path: str = "") -> str:
        return f"/portal/{self.patient.code}/" + ("" if path == "today" else f"steps/{self.taper.code}/{path}")

    def html(self, path: str = "") -> str:
        response = self.client.get(self.address(path))
        assert response.status_code == 200, path
        return response.content.decode()

    def text(self, path: str = "") -> str:
        return text_of(self.html(path))

    def send(self, path: str, **fields: object) -> str:
        """Send a form, and the text of the page that it leads to."""
        response = self.client.post(self.address(path), {"day": self.day, **fields}, follow=True)
        assert response.status_code == 200
        return text_of(response.content.decode())


VisitOn = Callable[..., Visit]


def visiting(taper: Taper, travel: time_machine.Traveller) -> VisitOn:
    """visit(30): noon of the taper’s day 30; 1 is its first day."""

    def visit(number: int, *, hours: float = 0) -> Visit:
        travel.move_to(on_day(number) + timedelta(hours=hours), tick=False)
        patient = taper.plan.patient
        client = Client()
        assert patient.user is not None
        client.force_login(patient.user)
        day = FIRST_DAY + timedelta(days=number - 1)
        return Visit(client, patient, taper, day.isoformat())

    return visit
