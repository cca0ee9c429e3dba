"""When a prescriber’s address, its confirmation or the consent changes, what is owed is planned anew beforehand."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from clinics.actor import Actor, for_system, staff_in
from clinics.models import AddressKind, Clinic, Prescriber, User
from clinics.services.confirmations import confirm_address
from clinics.services.prescribers import change_prescriber, end_prescriber
from patients.models import ContactConsent, Patient, Reminder, ReminderStatus, Taper, UseKind
from patients.reminders.channels import Envelope
from patients.services.noticing import notice_prescribers
from patients.services.sweeping import do_what_is_due
from patients.services.tapers.consent import give_consent, withdraw_consent
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day

LATER = NOON + timedelta(hours=1)


def owed_to_prescriber() -> list[str]:
    return sorted(Reminder.objects.owed().filter(recipient_kind="prescriber").values_list("kind", flat=True))


@pytest.fixture
def change(by: Actor) -> Callable[..., None]:
    """change(dr_price, email=…): by staff, an hour after noon; then the sweep comes."""

    def make(prescriber: Prescriber, *, at: datetime = LATER, **particulars: str) -> None:
        change_prescriber(prescriber, by=by, at=at, **particulars)  # type: ignore[arg-type]
        do_what_is_due(by=for_system(), at=at + timedelta(minutes=1))

    return make


def test_after_a_change_of_address_nothing_is_owed_to_the_old_one(
    sent_taper: Taper, dr_price: Prescriber, change: Callable[..., None]
) -> None:
    assert owed_to_prescriber() == ["signature-again", "signature-request"]
    change(dr_price, email="dr_price@example.com")
    assert owed_to_prescriber() == []
    assert {row.status for row in Reminder.objects.filter(recipient_kind="prescriber")} == {"cancelled"}
    assert Reminder.objects.owed().filter(kind="prescriber-not-reached", recipient_kind="staff").exists()


def test_after_the_end_of_a_prescriber_nothing_is_owed(sent_taper: Taper, dr_price: Prescriber, by: Actor) -> None:
    end_prescriber(dr_price, by=by, at=LATER)
    assert notice_prescribers(at=LATER) == 1
    assert owed_to_prescriber() == []


def test_another_name_or_telephone_plans_nothing_anew(
    sent_taper: Taper, dr_price: Prescriber, change: Callable[..., None]
) -> None:
    notice_prescribers(at=NOON)
    change(dr_price, telephone="+49 30 1")
    assert owed_to_prescriber() == ["signature-again", "signature-request"]


def test_each_change_is_noticed_once(sent_taper: Taper, dr_price: Prescriber, change: Callable[..., None]) -> None:
    change(dr_price, email="dr_price@example.com")
    assert not Prescriber.objects.unnoticed().exists()
    assert notice_prescribers(at=LATER) == 0


def test_what_could_go_to_nobody_goes_once_the_new_address_is_confirmed(
    life: Life,
    dr_price: Prescriber,
    clinic: Clinic,
    assistant_1: User,
    change: Callable[..., None],
    sweep_at: Callable[[datetime], list[Envelope]],
) -> None:
    change(dr_price, at=on_day(10), email="dr_price@example.com")
    life.says(UseKind.STOPPED, 11)
    assert owed_to_prescriber() == []
    now = Prescriber.objects.get(pk=dr_price.pk)
    at = on_day(11) + timedelta(hours=1)
    by = staff_in(clinic, assistant_1)
    confirm_address(now, AddressKind.EMAIL, register="Register", number="4711", by=by, at=at)
    do_what_is_due(by=for_system(), at=at)
    assert owed_to_prescriber() == ["use-left"]
    assert "dr_price@example.com" in {envelope.address for envelope in sweep_at(at)}


def test_consent_withdrawn_takes_back_what_was_owed_and_given_again_owes_it_anew(
    life: Life, consent: ContactConsent, angela: Patient, dr_price: Prescriber, by: Actor
) -> None:
    life.says(UseKind.STOPPED, 11)
    assert owed_to_prescriber() == ["use-left"]
    withdraw_consent(consent, by=by, at=on_day(11))
    assert owed_to_prescriber() == []
    give_consent(angela, dr_price, given_on=TODAY, how="By word of mouth", by=by, at=on_day(11))
    assert owed_to_prescriber() == ["use-left"]


def test_also_of_a_warning_sign_after_the_taper_has_ended(life: Life, consent: ContactConsent, by: Actor) -> None:
    life.stop(10)
    life.reports(11)
    assert owed_to_prescriber() == ["red-flag"]
    withdraw_consent(consent, by=by, at=on_day(11))
    assert owed_to_prescriber() == []
    alert = Reminder.objects.get(kind="red-flag", recipient_kind="prescriber")
    assert alert.status == ReminderStatus.CANCELLED.value
