"""Pages about reminders and staffed hours: for whoever works in the clinic now, each role as far as it goes."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.actor import acting_patient
from patients.models import Plan, Reminder, Taper
from patients.services.tapers.using import report_red_flags
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON, make_member

FOR_EVERYBODY = {"ledger", "reminder", "day", "take on"}
FOR_THOSE_WHO_TREAT = {"again"}
FOR_PRACTITIONERS = {"cancel", "mute", "unmute"}
FOR_ADMINS = {"delivery"}
# Who manages no clinic finds none.
FOR_ADMINS_ALONE = {"hours", "cover", "escalation"}


@pytest.fixture
def pages(taper: Taper, plan: Plan, clinic: Clinic) -> dict[str, str]:
    """One address of each."""
    report = report_red_flags(taper, flags=["weight-loss"], by=acting_patient(plan.patient), at=NOON)
    reminder = Reminder.objects.filter(plan=plan, kind="phase-coming", recipient_kind="patient").earliest("pk")
    return {
        "ledger": reverse("admin:patients_reminder_changelist"),
        "reminder": reverse("admin:patients_reminder_change", args=[reminder.code]),
        "day": reverse("admin:patients_patient_reminders", args=[plan.patient.code]),
        "take on": reverse("admin:patients_taper_take_on", args=[taper.code, report.code]),
        **{
            name: reverse(f"admin:patients_reminder_{name}", args=[reminder.code])
            for name in ("again", "cancel", "mute", "unmute")
        },
        "delivery": reverse("admin:patients_reminder_delivery"),
        **{
            name: reverse(f"admin:clinics_clinic_{name}", args=[clinic.code])
            for name in ("hours", "cover", "escalation")
        },
    }


def answers(client: Client, pages: dict[str, str]) -> dict[str, int]:
    return {name: client.get(address).status_code for name, address in pages.items()}


def expected(*opened: set[str]) -> Iterator[tuple[str, int]]:
    every = FOR_EVERYBODY | FOR_THOSE_WHO_TREAT | FOR_PRACTITIONERS | FOR_ADMINS | FOR_ADMINS_ALONE
    for name in every:
        yield name, 200 if name in set().union(*opened) else 404 if name in FOR_ADMINS_ALONE else 403


@pytest.mark.parametrize(
    ("role", "opened"),
    [
        (Role.PRACTITIONER, (FOR_EVERYBODY, FOR_THOSE_WHO_TREAT, FOR_PRACTITIONERS)),
        (Role.ASSISTANT, (FOR_EVERYBODY, FOR_THOSE_WHO_TREAT)),
    ],
)
def test_each_role_opens_what_it_may(
    pages: dict[str, str], clinic: Clinic, sign_in: Callable[[User], Client], role: Role, opened: tuple[set[str], ...]
) -> None:
    client = sign_in(make_member(clinic, "somebody_9@example.org", role))
    assert answers(client, pages) == dict(expected(*opened))


def test_an_admin_who_treats_nobody_sees_how_delivery_goes_and_sets_the_hours(
    pages: dict[str, str], manager: Client
) -> None:
    found = answers(manager, pages)
    assert {name for name, status in found.items() if status == 200} >= FOR_ADMINS | FOR_ADMINS_ALONE
    assert not {name for name, status in found.items() if status == 200} & (FOR_THOSE_WHO_TREAT | FOR_PRACTITIONERS)


def test_whoever_works_here_no_more_opens_nothing(
    pages: dict[str, str], clinic: Clinic, sign_in: Callable[[User], Client]
) -> None:
    former = make_member(clinic, "somebody_9@example.org", *Role)
    client = sign_in(former)
    assert set(answers(client, pages).values()) == {200}
    Membership.objects.filter(user=former).update(ended_at=NOON)
    for name, address in pages.items():
        answer = client.get(address, follow=True)
        assert answer.status_code in {403, 404}, name
        assert "Angela" not in text_of(answer)
        assert client.post(address, {"reason": "Because.", "request_key": "1"}, follow=True).status_code in {403, 404}


def test_whoever_works_elsewhere_finds_none_of_it(
    pages: dict[str, str], other_clinic: Clinic, sign_in: Callable[[User], Client], plan: Plan
) -> None:
    client = sign_in(make_member(other_clinic, "somebody_9@example.org", *Role))
    found = answers(client, pages)
    own = {"ledger", "delivery"}
    assert {name for name, status in found.items() if status == 200} == own
    assert {status for name, status in found.items() if name not in own} == {404}
    for name in own:
        words = text_of(client.get(pages[name]))
        assert plan.patient.code not in words
        assert "Due now 0" in words or name == "ledger"


def test_neither_a_patient_nor_nobody_opens_any(
    pages: dict[str, str], plan: Plan, sign_in: Callable[[User], Client]
) -> None:
    assert plan.patient.user is not None
    she = sign_in(plan.patient.user)
    for name, address in pages.items():
        assert she.get(address, follow=True).status_code == 403, name
        assert Client().get(address).status_code == 302, name
