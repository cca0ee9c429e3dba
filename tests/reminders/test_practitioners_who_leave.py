"""Once the practitioner of a plan works there no more, a colleague is told: a warning sign has to reach somebody."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor, for_system, staff_in
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from clinics.services.memberships import end_membership
from patients.models import Plan, Reminder
from patients.services.noticing import notice_staff
from patients.services.sweeping import do_what_is_due
from tests.fixtures.lives import Life
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


def owed_to() -> set[str]:
    owed = Reminder.objects.owed().filter(recipient_kind="staff")
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


def test_a_member_who_is_nobodys_practitioner_leaves_without_a_word(
    plan: Plan, clinic: Clinic, by: Actor, dr_cho: User, assistant_1: User
) -> None:
    admin = staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))
    end_membership(Membership.objects.get(user=assistant_1, clinic=clinic), by=admin, at=NOON)
    assert notice_staff(at=NOON) == 1
    assert owed_to() == {dr_cho.code}
