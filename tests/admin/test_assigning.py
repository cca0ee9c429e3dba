"""Assigning from a patient's page: every date is seen before anything is written, and sending twice makes one plan."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic, User
from clinics.roles import Role
from patients.models import Patient, Plan, Reminder
from protocols.models import TemplateVersion
from protocols.services.templates import draft_from
from tests.admin.conftest import hidden, text_of
from tests.fixtures.personae import NOON, TODAY, make_member, make_version


@pytest.fixture
def address(angela: Patient) -> str:
    return reverse("admin:patients_patient_assign", args=[angela.code])


@pytest.fixture
def filled(cho: Client, address: str, version: TemplateVersion, dr_cho: User) -> dict[str, Any]:
    """What a browser would send from the form as it is opened, with a protocol chosen."""
    form = cho.get(address).context["form"]
    return {
        "version": version.pk,
        "starts_on": str(TODAY),
        "practitioner": dr_cho.pk,
        "nonce": form["nonce"].value(),
    }


def test_the_form_opens_with_today_and_oneself(
    cho: Client, address: str, dr_cho: User, version: TemplateVersion
) -> None:
    form = cho.get(address).context["form"]
    assert form["starts_on"].value() == TODAY
    assert form["practitioner"].value() == dr_cho.pk
    assert len(form["nonce"].value()) == 32


def test_the_preview_shows_every_date_and_writes_nothing(cho: Client, address: str, filled: dict[str, Any]) -> None:
    page = cho.post(address, filled)
    words = text_of(page)
    for phrase in [
        "Remove Mon 4 Jan 2027 Sun 31 Jan 2027 28 running",
        "Replace Mon 18 Jan 2027 Sun 14 Feb 2027 28 starts by itself",
        "Rebalance Mon 25 Jan 2027 no fixed end –",
        "L-glutamine 5 g every day, with breakfast, bedtime 1 Mar 2027 28 Mar 2027",
        "Digestive enzymes to be decided every day, with lunch 18 Jan 2027 14 Feb 2027",
        "asked for when the plan is activated: Digestive enzymes.",
    ]:
        assert phrase in words, phrase
    assert 'role="img"' in page.content.decode()
    assert Plan.objects.count() == 0


def test_confirming_writes_a_draft_that_owes_nothing(cho: Client, address: str, filled: dict[str, Any]) -> None:
    preview = cho.post(address, filled)
    answer = cho.post(address, filled | {"previewed": hidden(preview, "previewed"), "_assign": "1"}, follow=True)
    plan = Plan.objects.get()
    assert answer.redirect_chain == [(reverse("admin:patients_plan_change", args=[plan.code]), 302)]
    assert "Draft · first day 4 January" in text_of(answer)
    assert "nothing is sent to anybody until it is activated" in text_of(answer)
    assert (plan.status, plan.starts_on) == ("draft", TODAY)
    assert Reminder.objects.count() == 0


def test_sending_it_twice_makes_one_plan(cho: Client, address: str, filled: dict[str, Any]) -> None:
    confirmed = filled | {"previewed": hidden(cho.post(address, filled), "previewed"), "_assign": "1"}
    first, second = cho.post(address, confirmed), cho.post(address, confirmed)
    assert Plan.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_what_was_not_previewed_is_not_assigned(cho: Client, address: str, filled: dict[str, Any]) -> None:
    previewed = hidden(cho.post(address, filled), "previewed")
    changed = filled | {"starts_on": str(TODAY + timedelta(days=7)), "previewed": previewed, "_assign": "1"}
    answer = cho.post(address, changed)
    assert Plan.objects.count() == 0
    assert "The form was changed after the preview." in text_of(answer)
    assert "Remove Mon 11 Jan 2027" in text_of(answer)
    cho.post(address, changed | {"previewed": hidden(answer, "previewed")})
    assert Plan.objects.get().starts_on == TODAY + timedelta(days=7)


def test_going_back_for_another_date_makes_another_plan_not_the_old_one(
    cho: Client, address: str, filled: dict[str, Any]
) -> None:
    for days in (0, 7):
        chosen = filled | {"starts_on": str(TODAY + timedelta(days=days))}
        cho.post(address, chosen | {"previewed": hidden(cho.post(address, chosen), "previewed"), "_assign": "1"})
    assert {plan.starts_on for plan in Plan.objects.all()} == {TODAY, TODAY + timedelta(days=7)}


def test_confirming_without_a_preview_shows_it_first(cho: Client, address: str, filled: dict[str, Any]) -> None:
    answer = cho.post(address, filled | {"_assign": "1"})
    assert "This is what the plan will be" in text_of(answer)
    assert Plan.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2017-01-04", "2017-01-04 is more than two years ago. Check the year"),
        ("2037-01-04", "2037-01-04 is more than a year ahead. Check the year"),
    ],
)
def test_a_first_day_years_off_is_a_sentence_at_its_field(
    cho: Client, address: str, filled: dict[str, Any], day: str, sentence: str
) -> None:
    page = cho.post(address, filled | {"starts_on": day, "_assign": "1"})
    assert page.status_code == 200
    [error] = page.context["form"].errors["starts_on"]
    assert error.startswith(sentence)
    assert sentence in text_of(page)
    assert Plan.objects.count() == 0


def test_a_day_that_does_not_exist_is_a_sentence(cho: Client, address: str, filled: dict[str, Any]) -> None:
    page = cho.post(address, filled | {"starts_on": "2027-02-30"})
    assert page.context["form"].errors["starts_on"] == ["Enter a valid date."]


def test_a_first_day_in_the_past_says_what_becomes_of_it(cho: Client, address: str, filled: dict[str, Any]) -> None:
    words = text_of(cho.post(address, filled | {"starts_on": str(TODAY - timedelta(days=30))}))
    assert "The first day lies 30 days back." in words
    assert "Remove Sat 5 Dec 2026 Fri 1 Jan 2027 28 marked as done" in words


def test_only_published_protocols_of_the_own_clinic_are_offered(
    cho: Client, address: str, filled: dict[str, Any], version: TemplateVersion, by: Actor, other_clinic: Clinic
) -> None:
    foreign = make_version(other_clinic, publish_by=None, title="Foreign")
    draft = draft_from(version, by=by, at=NOON)
    assert list(cho.get(address).context["form"].fields["version"].queryset) == [version]
    for other in (foreign, draft):
        page = cho.post(address, filled | {"version": other.pk, "_assign": "1"})
        assert "version" in page.context["form"].errors
    assert Plan.objects.count() == 0


def test_only_practitioners_of_the_own_clinic_are_offered(
    cho: Client, address: str, filled: dict[str, Any], dr_cho: User, dr_dee: User, assistant_1: User, clinic: Clinic
) -> None:
    dr_eve = make_member(clinic, "dr_eve@example.org", Role.PRACTITIONER)
    assert set(cho.get(address).context["form"].fields["practitioner"].queryset) == {dr_cho, dr_eve}
    for other in (dr_dee, assistant_1):
        page = cho.post(address, filled | {"practitioner": other.pk, "_assign": "1"})
        assert "practitioner" in page.context["form"].errors


def test_a_plan_already_there_is_said_before(cho: Client, plan: Plan, address: str, filled: dict[str, Any]) -> None:
    assert "This patient has a plan that is active or on hold." in text_of(cho.post(address, filled))


def test_a_draft_already_there_is_said_before(
    cho: Client, assign_plan: Any, angela: Patient, address: str, filled: dict[str, Any]
) -> None:
    draft = assign_plan(angela)
    assert f"There is a draft already: plan {draft.code}." in text_of(cho.post(address, filled))
