"""Once the practitioner of a plan works there no more, a colleague is told: a warning sign has to reach somebody."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from clinics.actor import Actor, for_system, staff_in
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from clinics.services.cover import add_cover, end_cover
from clinics.services.memberships import end_membership
from patients.models import Patient, Plan, Reminder
from patients.services import noticing
from patients.services.noticing import notice_staff
from patients.services.sweeping import do_what_is_due
from tests.fixtures.lives import Life, day
from tests.fixtures.personae import NOON, make_member
from tests.fixtures.tapers import on_day


@pytest.fixture
def leave(clinic: Clinic, dr_cho: User) -> Callable[[int], None]:
    """leave(10): on the taper’s day 10 dr_cho works there no more; then the sweep comes."""
    admin = staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))

    def make(number: int) -> None:
        for membership in Membership.objects.open().filter(user=dr_cho, clinic=clinic):
            end_membership(membership, by=admin, at=on_day(number))
        do_what_is_due(by=for_system(), at=on_day(number) + timedelta(minutes=1))

    return make


@pytest.fixture
def colleague(clinic: Clinic) -> User:
    """Of dr_cho; whoever else came later is not asked."""
    first = make_member(clinic, "practitioner_1@example.org", Role.PRACTITIONER)
    make_member(clinic, "assistant_9@example.org", Role.ASSISTANT)
    make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER)
    return first


def owed_to(*, since: date = date.min) -> set[str]:
    owed = Reminder.objects.owed().filter(recipient_kind="staff", civil_date__gte=since)
    return set(owed.values_list("recipient_code", flat=True))


def test_a_warning_sign_reaches_the_colleague_who_has_practised_longest(
    life: Life, colleague: User, leave: Callable[[int], None]
) -> None:
    leave(10)
    life.reports(12, "swallowing")
    told = Reminder.objects.filter(kind="red-flag", recipient_kind="staff")
    assert [row.recipient_code for row in told] == [colleague.code]


def test_what_was_owed_is_owed_to_the_colleague(
    life: Life, dr_cho: User, colleague: User, leave: Callable[[int], None]
) -> None:
    assert owed_to() == {dr_cho.code}
    leave(10)
    assert owed_to() == {colleague.code}
    assert not Membership.objects.unnoticed().exists()
    assert notice_staff(at=on_day(11)) == 0


def test_where_nobody_practises_any_more_nothing_is_owed_to_staff(life: Life, leave: Callable[[int], None]) -> None:
    leave(10)
    assert owed_to() == set()


def test_a_warning_sign_reaches_whoever_works_there_where_nobody_practises(
    clinic: Clinic, life: Life, leave: Callable[[int], None]
) -> None:
    """An assistant and two admins are left: the admins are called in turn, who has been there longest first."""
    make_member(clinic, "assistant_9@example.org", Role.ASSISTANT)
    second = make_member(clinic, "clinic_admin_2@example.org", Role.CLINIC_ADMIN)
    first = User.objects.get(email="clinic_admin_1@example.org")
    leave(10)
    life.reports(12, "swallowing")
    told = Reminder.objects.owed().filter(kind="red-flag", recipient_kind="staff")
    assert [row.recipient_code for row in told] == [first.code]
    later = Reminder.objects.owed().filter(kind="red-flag-not-taken-on")
    assert [row.recipient_code for row in later] == [second.code]


def test_an_open_warning_sign_goes_on_to_whoever_is_left(clinic: Clinic, life: Life, dr_cho: User) -> None:
    admin = make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN)
    life.reports(12, "swallowing")
    end_membership(Membership.objects.open().get(user=dr_cho), by=staff_in(clinic, admin), at=on_day(12))
    do_what_is_due(by=for_system(), at=on_day(12) + timedelta(minutes=1))
    told = Reminder.objects.owed().filter(kind="red-flag", recipient_kind="staff")
    assert [row.recipient_code for row in told] == [admin.code]


def test_a_member_who_is_nobodys_practitioner_leaves_without_a_word(
    plan: Plan, clinic: Clinic, by: Actor, dr_cho: User, assistant_1: User
) -> None:
    admin = staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))
    end_membership(Membership.objects.get(user=assistant_1, clinic=clinic), by=admin, at=NOON)
    assert notice_staff(at=NOON) == 1
    assert owed_to() == {dr_cho.code}


def test_a_colleague_who_leaves_as_well_is_followed_by_the_next(
    clinic: Clinic, life: Life, colleague: User, leave: Callable[[int], None]
) -> None:
    """The plan is still that of the first who left: the next message asks who looks after it now."""
    leave(10)
    admin = staff_in(clinic, User.objects.get(email="clinic_admin_1@example.org"))
    end_membership(Membership.objects.open().get(user=colleague), by=admin, at=on_day(11))
    do_what_is_due(by=for_system(), at=on_day(11) + timedelta(minutes=1))
    assert owed_to() == {User.objects.get(email="practitioner_2@example.org").code}


def test_whoever_stands_in_for_that_colleague_is_told_in_their_days(
    clinic: Clinic, life: Life, colleague: User, leave: Callable[[int], None]
) -> None:
    leave(10)
    admin = staff_in(clinic, User.objects.get(email="clinic_admin_1@example.org"))
    stand_in = User.objects.get(email="practitioner_2@example.org")
    cover = add_cover(
        clinic,
        absent=colleague,
        stand_in=stand_in,
        first_day=day(12),
        last_day=day(200),
        by=admin,
        at=on_day(11),
    )
    do_what_is_due(by=for_system(), at=on_day(11) + timedelta(minutes=1))
    assert owed_to(since=day(12)) == {stand_in.code}
    end_cover(cover, by=admin, at=on_day(11) + timedelta(hours=1))
    do_what_is_due(by=for_system(), at=on_day(11) + timedelta(hours=2))
    assert owed_to(since=day(12)) == {colleague.code}


def test_a_plan_that_breaks_keeps_no_other_with_whoever_left(
    plan: Plan,
    ben: Patient,
    activate_plan: Callable[..., Plan],
    dr_cho: User,
    colleague: User,
    leave: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    activate_plan(ben)
    real = noticing.replan

    def replan(one: Plan, *, at: datetime) -> None:
        if one.pk == plan.pk:
            raise ZeroDivisionError
        real(one, at=at)

    monkeypatch.setattr(noticing, "replan", replan)
    with pytest.raises(ExceptionGroup):
        leave(1)
    owed = Reminder.objects.owed().filter(recipient_kind="staff")
    assert set(owed.filter(plan__patient=ben).values_list("recipient_code", flat=True)) == {colleague.code}
    assert set(owed.filter(plan=plan).values_list("recipient_code", flat=True)) == {dr_cho.code}
    assert Membership.objects.unnoticed().exists(), "it is looked at again in a minute"
