"""Letters and calendars come on the paper that the clinic prints and faxes on."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic
from patients.models import MedicineUse, Patient, SourceKind, Taper
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from protocols.domain.amount import Amount
from protocols.models import Medicine
from tests.admin.tapers.conftest import taper_address
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY

# In points: 210 × 297 mm, and 8.5 × 11 inches.
UPRIGHT = {"a4": (595, 842), "us-letter": (612, 792)}
_BOX = re.compile(rb"/MediaBox ?\[0 0 ([0-9.]+) ([0-9.]+)]")


def size_of(answer: Any) -> set[tuple[int, int]]:
    """The sizes of its pages."""
    assert answer.headers["Content-Type"] == "application/pdf"
    return {(round(float(width)), round(float(height))) for width, height in _BOX.findall(answer.content)}


@pytest.fixture(params=sorted(UPRIGHT))
def paper(request: pytest.FixtureRequest, clinic: Clinic) -> str:
    Clinic.objects.filter(pk=clinic.pk).update(paper=request.param)
    chosen: str = request.param
    return chosen


@pytest.fixture
def bought(angela: Patient, omeprazole: Medicine, by: Actor) -> MedicineUse:
    """Bought without a prescription."""
    return add_medicine(
        angela,
        medicine=omeprazole,
        amount=Amount.parse("20 mg"),
        pattern="daily",
        is_bought_without_prescription=True,
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )


def test_the_letter_to_a_prescriber(cho: Client, taper: Taper, paper: str) -> None:
    letter = cho.get(taper_address(taper, "letter", taper.versions.get().code))
    assert size_of(letter) == {UPRIGHT[paper]}


def test_the_letter_about_what_nobody_prescribes(cho: Client, bought: MedicineUse, paper: str) -> None:
    address = reverse("admin:patients_patient_doctor_letter", args=[bought.patient.code, bought.code])
    assert size_of(cho.get(address)) == {UPRIGHT[paper]}


def test_the_calendar_has_four_weeks_on_a_page_of_either(cho: Client, taper: Taper, paper: str) -> None:
    calendar = cho.get(taper_address(taper, "calendar"))
    width, height = UPRIGHT[paper]
    assert size_of(calendar) == {(height, width)}
    # 112 days are four times four weeks.
    assert len(Pdf(calendar.content).pages) == 4


def test_the_patient_gets_her_clinics_paper_unless_she_asks_for_the_other(
    sign_in: Callable[..., Client], angela: Patient, taper: Taper, paper: str
) -> None:
    she = sign_in(angela.user)
    address = reverse("portal:calendar-sheet", args=[angela.code, taper.code])
    assert size_of(she.get(address)) == {UPRIGHT[paper][::-1]}
    assert size_of(she.get(f"{address}?paper=a4")) == {UPRIGHT["a4"][::-1]}
    words = she.get(reverse("portal:calendar", args=[angela.code])).content.decode()
    other = next(each for each in UPRIGHT if each != paper)
    assert words.index(f"?paper={paper}") < words.index(f"?paper={other}")
