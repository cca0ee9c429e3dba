"""What somebody is to do about tapers: the list by state, and the first page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic, Prescriber, User
from patients.actor import acting_patient
from patients.models import MedicineUse, Patient, Plan, SourceKind, Taper, UseKind
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers import holding
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.using import report_red_flags, report_use
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.models import Medicine
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import taper_address
from tests.fixtures.personae import NOON, TODAY, make_patient
from tests.fixtures.tapers import FIRST_DAY, on_day

LIST = "admin:patients_taper_changelist"
STATES = ("red-flag", "signature", "unknown", "held", "running", "draft", "ended", "entered-in-error")


def listed(client: Client) -> set[str]:
    """The states under which the one taper of a test is found."""
    address = reverse(LIST)
    return {state for state in STATES if "/admin/patients/taper/" in _rows(client.get(address, {"state": state}))}


def _rows(page: Any) -> str:
    body = page.content.decode()
    assert page.status_code == 200
    return body.partition('id="result_list"')[2]


def today(client: Client) -> str:
    return text_of(client.get(reverse("admin:index")))


def test_a_draft_is_on_its_list_and_on_the_first_page(cho: Client, draft_taper: Taper) -> None:
    assert listed(cho) == {"draft"}
    assert "Tapers drawn up, not sent The list Angela" in today(cho)


def test_what_waits_for_a_signature_is_there_until_it_comes(
    cho: Client, sent_taper: Taper, sign_taper: Callable[..., Taper]
) -> None:
    assert listed(cho) == {"signature"}
    assert "Signatures wanted The list Angela" in today(cho)
    assert "Omeprazole · Waits for Dr Price since 4 January" in today(cho)
    sign_taper(sent_taper)
    assert listed(cho) == {"running"}
    assert "Nothing wants your attention today." in today(cho)


def test_use_is_unknown_on_the_day_after_three_days_of_asking(
    cho: Client, taper: Taper, angela: Patient, clock: time_machine.Traveller
) -> None:
    assert taper.use_unknown_at == on_day(4) - timedelta(hours=12)
    # Her day begins at 23:00 UTC: by the server’s calendar it is still the third.
    clock.move_to(on_day(4) - timedelta(hours=12, seconds=1))
    assert "unknown" not in listed(cho)
    clock.move_to(on_day(4) - timedelta(hours=12))
    assert listed(cho) == {"running", "unknown"}
    assert "Not known what is taken: ask The list Angela" in today(cho)
    report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(4))
    assert listed(cho) == {"running"}
    # And it is asked anew with the next step.
    assert Taper.objects.get(pk=taper.pk).use_unknown_at == on_day(32) - timedelta(hours=12)
    report_use(taper, kind=UseKind.NOT_YET, by=acting_patient(angela), at=on_day(5))
    assert "unknown" not in listed(cho)
    page = text_of(cho.get(taper_address(taper)))
    assert "The patient has not changed to the present step yet, as of 15 January 2027. The next step waits." in page


def test_a_held_one_and_one_with_a_warning_sign(cho: Client, taper: Taper, angela: Patient, by: Actor) -> None:
    holding.hold(taper, reason="Travelling", by=by, at=NOON, revision=taper.revision)
    assert listed(cho) == {"running", "held"}
    assert "Tapers on hold The list Angela" in today(cho)
    report_red_flags(taper, flags=["weight-loss"], by=acting_patient(angela), at=NOON)
    assert listed(cho) == {"running", "held", "red-flag"}
    words = today(cho)
    assert "Warning sign open: review it The list Angela" in words
    assert "Tapers on hold" not in words


def test_what_was_entered_in_error_is_found_only_when_asked_for(cho: Client, draft_taper: Taper) -> None:
    Taper.objects.update(status="entered-in-error")
    assert listed(cho) == {"entered-in-error"}
    assert "Angela" not in _rows(cho.get(reverse(LIST)))
    Taper.objects.update(status="stopped", ended_on=FIRST_DAY, end="symptoms")
    assert listed(cho) == {"ended"}


def test_the_patients_page_tells_her_tapers(cho: Client, taper: Taper) -> None:
    page = cho.get(reverse("admin:patients_patient_change", args=[taper.plan.patient.code]))
    assert "Begins on 11 January with 20 mg before breakfast" in text_of(page)
    assert taper_address(taper) in page.content.decode()


def test_nothing_of_another_clinic_is_listed(dee: Client, taper: Taper, angela: Patient) -> None:
    report_red_flags(taper, flags=["weight-loss"], by=acting_patient(angela), at=NOON)
    assert listed(dee) == set()
    assert "Angela" not in today(dee)


def test_bytes_that_were_altered_stop_no_list(cho: Client, taper: Taper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE patients_taperversion SET sha256 = %s", ["0" * 64])
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
    assert "What is stored is not what was signed" in text_of(cho.get(reverse(LIST)))
    assert cho.get(reverse("admin:index")).status_code == 200
    page = text_of(cho.get(taper_address(taper)))
    assert "What is stored is not what was signed: nothing of it is shown until this is cleared up." in page
    assert "one capsule" not in page


@pytest.fixture
def grow(
    clinic: Clinic,
    activate_plan: Callable[..., Plan],
    omeprazole: Medicine,
    angelas_draft: Draft,
    dr_price: Prescriber,
    by: Actor,
) -> Callable[[int], None]:
    numbers = iter(range(1000))

    def add(count: int) -> None:
        for _ in range(count):
            patient = make_patient(clinic, f"Patient {next(numbers):03d}")
            use: MedicineUse = add_medicine(
                patient,
                medicine=omeprazole,
                amount=Amount.parse("40 mg"),
                pattern="daily",
                times_of_day=[Slot.BEFORE_BREAKFAST],
                prescriber=dr_price,
                source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
                by=by,
                at=NOON,
            )
            save_draft(activate_plan(patient), replace(angelas_draft, reduces=use), by=by, at=NOON)

    return add


def test_lists_ask_no_more_for_more_tapers(cho: Client, grow: Callable[[int], None], dr_cho: User) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert cho.get(address).status_code == 200
        return len(captured)

    grow(2)
    pages = [reverse(LIST), reverse("admin:index")]
    for address in pages:
        queries(address)
    few = [queries(address) for address in pages]
    grow(6)
    assert [queries(address) for address in pages] == few
    assert few[0] <= 14
    assert few[1] <= 30


def test_the_page_of_a_taper_asks_a_bounded_number_of_times(cho: Client, taper: Taper) -> None:
    with CaptureQueriesContext(connection) as captured:
        cho.get(taper_address(taper))
    assert len(captured) <= 45
