"""A warning sign that nobody takes on goes to one person after another, sixty minutes apart, by night too."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, Cover, Prescriber, User
from clinics.roles import Role
from clinics.services.cover import add_cover, end_cover
from clinics.services.escalation import set_escalation_order
from clinics.services.memberships import end_membership
from patients.actor import acting_patient
from patients.models import Patient, RedFlagReport, Reminder, Taper, Told
from patients.reminders.channels import Envelope
from patients.services.sweeping import do_what_is_due
from patients.services.tapers import using
from patients.services.tapers.taking_on import take_on_red_flag
from tests.fixtures.personae import NOON, make_member

Sweep = Callable[[datetime], list[Envelope]]
# Two in the morning in Berlin, where everybody is quiet until eight.
NIGHT = datetime(2027, 1, 20, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
KIND = "red-flag-not-taken-on"


@pytest.fixture
def admin_user(clinic: Clinic) -> User:
    return make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN)


@pytest.fixture
def admin(clinic: Clinic, admin_user: User) -> Actor:
    return staff_in(clinic, admin_user)


@pytest.fixture
def two(clinic: Clinic) -> User:
    return make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)


@pytest.fixture
def three(clinic: Clinic) -> User:
    return make_member(clinic, "assistant_3@example.org", Role.ASSISTANT)


@pytest.fixture
def in_order(clinic: Clinic, admin: Actor, two: User, three: User) -> None:
    set_escalation_order(clinic, people=[two, three], by=admin, at=NOON)


@pytest.fixture
def report(taper: Taper, angela: Patient) -> Callable[..., RedFlagReport]:
    def make(at: datetime = NIGHT, flag: str = "bloody-stool") -> RedFlagReport:
        return using.report_red_flags(taper, flags=[flag], by=acting_patient(angela), at=at)

    return make


@pytest.fixture
def to_staff(sweep_at: Sweep) -> Callable[[datetime], list[str]]:
    """Who of the staff was written to by this sweep, without the rest of each address."""

    def sweep(at: datetime) -> list[str]:
        outside = set(Prescriber.objects.values_list("email", flat=True))
        went = [envelope for envelope in sweep_at(at) if envelope.address not in outside]
        return sorted(envelope.address.removesuffix("@example.org") for envelope in went)

    return sweep


def owed_in_turn() -> list[tuple[str, datetime]]:
    found = Reminder.objects.owed().filter(kind=KIND).order_by("send_at")
    names = dict(User.objects.values_list("code", "name"))
    return [(names[row.recipient_code], row.send_at) for row in found]


@pytest.mark.usefixtures("in_order")
def test_each_step_is_one_reminder_to_one_person_planned_at_once(report: Callable[..., RedFlagReport]) -> None:
    report()
    assert owed_in_turn() == [
        ("practitioner_2", NIGHT + HOUR),
        ("assistant_3", NIGHT + 2 * HOUR),
        ("clinic_admin_1", NIGHT + 3 * HOUR),
    ]
    keys = set(Reminder.objects.filter(kind=KIND).values_list("key", flat=True))
    assert len(keys) == 3


@pytest.mark.usefixtures("in_order")
def test_one_after_another_is_written_to_in_the_night(
    report: Callable[..., RedFlagReport], to_staff: Callable[[datetime], list[str]]
) -> None:
    report()
    assert to_staff(NIGHT) == ["dr_cho"]
    assert to_staff(NIGHT + HOUR - MINUTE) == []
    assert to_staff(NIGHT + HOUR) == ["practitioner_2"]
    assert to_staff(NIGHT + 2 * HOUR) == ["assistant_3"]
    assert to_staff(NIGHT + 3 * HOUR) == ["clinic_admin_1"]
    assert to_staff(NIGHT + 4 * HOUR) == []


@pytest.mark.usefixtures("in_order")
def test_the_message_says_that_nobody_has_taken_it_on_and_nothing_else(
    report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    report()
    first = next(envelope for envelope in sweep_at(NIGHT) if envelope.address == "dr_cho@example.org")
    (second,) = sweep_at(NIGHT + HOUR)
    for body in (second.text, second.html):
        assert "Nobody has taken it on yet, so this message comes to you." in body
        assert "stool" not in body
    assert "Nobody has taken it on" not in first.text
    for body in (first.text, first.html, second.text):
        assert "or the next person is written to an hour later." in body


@pytest.mark.usefixtures("in_order")
def test_the_last_one_reads_that_nobody_else_is_written_to(
    report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    report()
    sweep_at(NIGHT)
    for number in (1, 2):
        (message,) = sweep_at(NIGHT + number * HOUR)
        assert "or the next person is written to an hour later" in message.text
    (last,) = sweep_at(NIGHT + 3 * HOUR)
    for body in (last.text, last.html):
        assert "No other person is written to after you." in body
        assert "the next person is written to" not in body


def test_whoever_works_there_alone_reads_that_nobody_else_is_written_to(
    report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    report()
    (alert,) = [envelope for envelope in sweep_at(NIGHT) if envelope.address == "dr_cho@example.org"]
    assert "No other person is written to after you." in alert.text


@pytest.mark.usefixtures("in_order")
def test_nobody_else_is_written_to_once_somebody_takes_it_on(
    clinic: Clinic, three: User, report: Callable[..., RedFlagReport], to_staff: Callable[[datetime], list[str]]
) -> None:
    sign = report()
    to_staff(NIGHT + HOUR)
    take_on_red_flag(sign, by=staff_in(clinic, three), at=NIGHT + HOUR + MINUTE)
    assert owed_in_turn() == []
    assert to_staff(NIGHT + 5 * HOUR) == []
    sign.refresh_from_db()
    assert (sign.taken_on_at, sign.taken_on_by_code) == (NIGHT + HOUR + MINUTE, three.code)
    assert sign.cleared_at is None
    left = Reminder.objects.filter(kind=KIND).exclude(status="sent")
    assert {(row.status, row.reason) for row in left} == {("cancelled", "The plan no longer calls for it.")}


@pytest.mark.usefixtures("in_order")
def test_what_is_taken_on_between_gathering_and_handing_over_does_not_go(
    clinic: Clinic, two: User, report: Callable[..., RedFlagReport], to_staff: Callable[[datetime], list[str]]
) -> None:
    """The row was not planned anew: it is asked once more right before it goes."""
    sign = report()
    to_staff(NIGHT)
    RedFlagReport.objects.filter(pk=sign.pk).update(
        taken_on_at=NIGHT, taken_on_by_kind="staff", taken_on_by_code=two.code
    )
    assert len(owed_in_turn()) == 3
    assert to_staff(NIGHT + HOUR) == []


def test_whoever_took_it_on_first_stays(
    clinic: Clinic, two: User, by: Actor, report: Callable[..., RedFlagReport]
) -> None:
    sign = report()
    take_on_red_flag(sign, by=staff_in(clinic, two), at=NIGHT)
    take_on_red_flag(sign, by=by, at=NIGHT + MINUTE)
    sign.refresh_from_db()
    assert sign.taken_on_by_code == two.code


def test_clearing_is_taking_it_on(by: Actor, report: Callable[..., RedFlagReport]) -> None:
    sign = using.clear_red_flag(report(), because="Seen at once.", by=by, at=NIGHT + MINUTE)
    assert (sign.taken_on_at, sign.taken_on_by_code) == (NIGHT + MINUTE, by.code)
    assert owed_in_turn() == []


@pytest.mark.usefixtures("in_order")
def test_whoever_writes_it_down_for_her_knows_of_it(taper: Taper, by: Actor) -> None:
    sign = using.report_red_flags(taper, flags=["swallowing"], told=Told.TELEPHONE, by=by, at=NIGHT)
    assert sign.taken_on_by_code == by.code
    assert owed_in_turn() == []


def test_a_stranger_and_the_patient_take_nothing_on(
    other_clinic: Clinic, dr_dee: User, angela: Patient, report: Callable[..., RedFlagReport]
) -> None:
    sign = report()
    for who in (staff_in(other_clinic, dr_dee), acting_patient(angela)):
        with pytest.raises(NotAllowed):
            take_on_red_flag(sign, by=who, at=NIGHT)


@pytest.mark.usefixtures("in_order")
def test_two_warning_signs_are_taken_on_apart(by: Actor, report: Callable[..., RedFlagReport]) -> None:
    first = report()
    report(NIGHT + MINUTE, flag="weight-loss")
    assert len(owed_in_turn()) == 6
    take_on_red_flag(first, by=by, at=NIGHT + MINUTE)
    assert [send_at for _, send_at in owed_in_turn()] == [NIGHT + MINUTE + number * HOUR for number in (1, 2, 3)]


def away(clinic: Clinic, admin: Actor, who: User, stand_in: User) -> None:
    add_cover(
        clinic,
        absent=who,
        stand_in=stand_in,
        first_day=date(2027, 1, 18),
        last_day=date(2027, 1, 22),
        by=admin,
        at=NOON,
    )


@pytest.mark.usefixtures("in_order")
def test_who_stands_in_is_written_to_at_once_and_not_again(
    clinic: Clinic,
    admin: Actor,
    dr_cho: User,
    two: User,
    report: Callable[..., RedFlagReport],
    to_staff: Callable[[datetime], list[str]],
) -> None:
    away(clinic, admin, dr_cho, two)
    report()
    assert to_staff(NIGHT) == ["practitioner_2"]
    assert to_staff(NIGHT + HOUR) == ["assistant_3"]
    assert to_staff(NIGHT + 2 * HOUR) == ["clinic_admin_1"]
    assert to_staff(NIGHT + 3 * HOUR) == []


def test_cover_is_counted_by_the_clock_of_the_clinic(
    clinic: Clinic, admin: Actor, dr_cho: User, two: User, angela: Patient, report: Callable[..., RedFlagReport]
) -> None:
    """The last day of cover is a Friday in Berlin. In Auckland it is Saturday already when she reports something."""
    Patient.objects.filter(pk=angela.pk).update(zone="Pacific/Auckland")
    away(clinic, admin, dr_cho, two)
    sign = report(datetime(2027, 1, 22, 20, tzinfo=UTC))
    assert sign.on == date(2027, 1, 23)
    told = Reminder.objects.get(kind="red-flag", recipient_kind="staff")
    assert told.recipient_code == two.code


@pytest.mark.usefixtures("in_order")
def test_an_order_that_changes_meanwhile_changes_who_comes_next(
    clinic: Clinic, admin: Actor, three: User, report: Callable[..., RedFlagReport]
) -> None:
    report()
    set_escalation_order(clinic, people=[three], by=admin, at=NIGHT)
    do_what_is_due(by=for_system(), at=NIGHT + MINUTE)
    assert owed_in_turn() == [("assistant_3", NIGHT + HOUR), ("clinic_admin_1", NIGHT + 2 * HOUR)]
    assert Clinic.objects.get(pk=clinic.pk).unnoticed_since is None


@pytest.mark.usefixtures("in_order")
def test_who_leaves_meanwhile_is_passed_over(two: User, admin: Actor, report: Callable[..., RedFlagReport]) -> None:
    report()
    end_membership(two.memberships.get(), by=admin, at=NIGHT)
    do_what_is_due(by=for_system(), at=NIGHT + MINUTE)
    assert owed_in_turn() == [("assistant_3", NIGHT + HOUR), ("clinic_admin_1", NIGHT + 2 * HOUR)]


def test_without_an_order_the_admins_are_written_to(admin_user: User, report: Callable[..., RedFlagReport]) -> None:
    report()
    assert owed_in_turn() == [("clinic_admin_1", NIGHT + HOUR)]


def test_cover_that_ends_early_brings_it_back(
    clinic: Clinic, admin: Actor, dr_cho: User, two: User, taper: Taper
) -> None:
    """Routine things go to whoever stands in on their day, and to the practitioner again once that is over."""
    away(clinic, admin, dr_cho, two)
    do_what_is_due(by=for_system(), at=NOON)
    # Steps and phases are of the patient’s days; what staff are owed within the days of cover is for the other one.
    owed = Reminder.objects.owed().filter(recipient_kind="staff", civil_date__range=("2027-01-18", "2027-01-22"))
    assert owed.exists()
    assert set(owed.values_list("recipient_code", flat=True)) == {two.code}
    outside = Reminder.objects.owed().filter(recipient_kind="staff").exclude(pk__in=owed)
    assert set(outside.values_list("recipient_code", flat=True)) == {dr_cho.code}
    end_cover(clinic_cover(clinic), by=admin, at=NOON + HOUR)
    do_what_is_due(by=for_system(), at=NOON + HOUR)
    assert set(owed.all().values_list("recipient_code", flat=True)) == {dr_cho.code}


def clinic_cover(clinic: Clinic) -> Cover:
    return Cover.objects.get(clinic=clinic)
