"""A prescriber inside the clinic is told as a member of staff; one who is the practitioner as well is told once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clinics.actor import Actor, acting_prescriber, staff_in
from clinics.models import Clinic, Membership, Prescriber, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber
from patients.actor import acting_patient
from patients.models import Door, Patient, Plan, Taper, UseKind
from patients.reminders.channels import Envelope
from patients.services.tapers import using
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose, send
from patients.services.tapers.signing import Agreement, sign
from tests.fixtures.personae import NOON, make_member
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import owed, since_sent, staff_morning

Sweep = Callable[[datetime], list[Envelope]]
LEE = "dr_lee@example.org"
NIGHT = datetime(2027, 1, 20, 1, tzinfo=UTC)


@pytest.fixture
def sent_to(clinic: Clinic, plan: Plan, angelas_draft: Draft, by: Actor) -> Callable[[User], Taper]:
    """Angela's taper, put before this licensed member of staff: sent_to(user)."""
    admin = staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))

    def make(user: User) -> Taper:
        licence = {"licence_register": "Ärztekammer Berlin", "licence_number": "B-1", "licensed_classes": ["PPI"]}
        prescriber = add_prescriber(clinic, name="Dr Lee", user=user, **licence, by=admin, at=NOON)
        taper = save_draft(plan, replace(angelas_draft, prescriber=prescriber), by=by, at=NOON)
        propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
        taper.refresh_from_db()
        send(taper, door=Door.INSIDE, by=by, at=NOON, revision=taper.revision)
        return taper

    return make


@pytest.fixture
def signed_by(sent_to: Callable[[User], Taper]) -> Callable[[User], Taper]:
    """The same, signed: signed_by(user)."""

    def make(user: User) -> Taper:
        taper = sent_to(user)
        sign_as(taper.prescriber, taper)
        return Taper.objects.get(pk=taper.pk)

    return make


def sign_as(prescriber: Prescriber, taper: Taper) -> None:
    sign(
        taper,
        door=Door.INSIDE,
        version_sha256=taper.versions.get(status="proposed").sha256,
        agreement=Agreement(),
        means="Signed in after confirming who it is.",
        by=acting_prescriber(prescriber, user=prescriber.user),
        at=NOON,
    )


@pytest.fixture
def dr_lee(clinic: Clinic) -> User:
    return make_member(clinic, LEE, Role.PRACTITIONER)


def test_a_colleague_is_told_as_staff_are(
    signed_by: Callable[[User], Taper], dr_lee: User, angela: Patient, sweep_at: Sweep
) -> None:
    taper = signed_by(dr_lee)
    using.report_red_flags(taper, flags=["swallowing"], by=acting_patient(angela), at=NIGHT)
    (alert,) = [envelope for envelope in sweep_at(NIGHT) if envelope.address == LEE]
    assert alert.subject == "Please look at once: 1 note that cannot wait"
    assert angela.code in alert.text
    assert "/prescriber/" not in alert.text


def test_a_colleague_who_left_is_not_written_to_and_the_practitioner_knows(
    signed_by: Callable[[User], Taper], dr_lee: User, angela: Patient
) -> None:
    taper = signed_by(dr_lee)
    Membership.objects.filter(user=dr_lee).update(ended_at=NOON)
    using.report_use(taper, kind=UseKind.STOPPED, by=acting_patient(angela), at=on_day(12))
    assert {reminder.recipient_kind for reminder in owed(taper, "use-left")} == {"staff"}
    assert len(owed(taper, "prescriber-not-reached")) == 1


def test_the_practitioner_who_prescribes_it_too_is_told_once(
    signed_by: Callable[[User], Taper], dr_cho: User, angela: Patient
) -> None:
    taper = signed_by(dr_cho)
    using.report_use(taper, kind=UseKind.STOPPED, by=acting_patient(angela), at=on_day(12))
    assert {reminder.recipient_kind for reminder in owed(taper, "use-left")} == {"staff"}
    assert owed(taper, "prescriber-not-reached") == []


def test_nobody_faxes_or_telephones_a_colleague(sent_to: Callable[[User], Taper], dr_lee: User) -> None:
    taper = sent_to(dr_lee)
    kinds = set(taper.reminders.values_list("kind", flat=True))
    assert kinds == {"signature-wanted", "signature-closed"}
    assert taper.reminders.get(kind="signature-closed").civil_date == since_sent(21)


def test_a_colleague_who_is_to_sign_is_told_in_the_morning_and_three_days_later(
    sent_to: Callable[[User], Taper], dr_lee: User, sweep_at: Sweep
) -> None:
    taper = sent_to(dr_lee)
    rows = owed(taper, "signature-wanted")
    assert {row.recipient_code for row in rows} == {dr_lee.code}
    assert [row.send_at for row in rows] == [staff_morning(since_sent(1)), staff_morning(since_sent(3))]
    (digest,) = [envelope for envelope in sweep_at(staff_morning(since_sent(1))) if envelope.address == LEE]
    assert "1 to decide" in digest.text
    sign_as(taper.prescriber, taper)
    assert owed(taper, "signature-wanted") == []


def test_the_practitioner_who_prescribes_it_too_is_not_asked_by_message(
    sent_to: Callable[[User], Taper], dr_cho: User
) -> None:
    assert owed(sent_to(dr_cho), "signature-wanted") == []
