"""“How we reach you”, kind by kind: closed until something of a group goes its own way, and it says what holds now."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinics.models import User
from patients.models import ContactPoint, MessageGroup, MessagePreference, Patient, Plan, Reminder
from patients.reminders.kinds import KINDS, kinds_in
from tests.fixtures.personae import NOON
from tests.portal.reading import forms_of, text_of

SignedIn = Callable[[User | None], Client]

MIXED = "Some of these have a choice of their own."
AS_GROUP = ("as-group", True)
FOR_ALL = "Saving this applies to all of them, also to what you chose by itself below."


@pytest.fixture
def she(plan: Plan, texting: ContactPoint, angela: Patient, signed_in: SignedIn) -> Client:
    return signed_in(angela.user)


def page_of(she: Client, angela: Patient) -> str:
    return she.get(f"/portal/{angela.code}/reaching/").content.decode()


def save(she: Client, angela: Patient, **sent: str) -> str:
    """The page after a choice."""
    page = she.post(f"/portal/{angela.code}/reaching/", {"change": "prefer", "group": "phases"} | sent, follow=True)
    assert page.status_code == 200
    return page.content.decode()


def section(html: str, group: str) -> str:
    found = re.search(rf'<section aria-labelledby="group-{group}">.*?</section>', html, re.S)
    assert found is not None
    return found[0]


def chosen(html: str, kind: str) -> tuple[str, bool]:
    """What the form of this kind shows: the first way, and whether the others may stand in."""
    form = re.search(rf'name="kind" value="{kind}">.*?</form>', html, re.S)
    assert form is not None
    selected = re.findall(r'<option value="([^"]*)" selected>', form[0])
    assert len(selected) == 1
    return selected[0], " checked>" in form[0]


def test_each_kind_of_a_group_has_a_form_in_her_words_and_all_is_closed(she: Client, angela: Patient) -> None:
    html = page_of(she, angela)
    assert "<details" in html
    assert 'class="each-by-itself" open' not in html
    assert MIXED not in html
    assert FOR_ALL not in html
    for group in MessageGroup:
        kinds = kinds_in(group)
        part = section(html, group.value)
        forms = [form.fields.get("kind", "") for form in forms_of(part)]
        assert forms == (["", *(kind.name for kind in kinds)] if len(kinds) > 1 else [""]), group
        assert ("Choose for each of these by itself" in part) == (len(kinds) > 1)
        for kind in kinds if len(kinds) > 1 else []:
            assert f">{kind.her_words}</label>" in unescape(part)
            assert chosen(part, kind.name) == AS_GROUP
    labels = [kind.her_words for kind in KINDS.values() if kind.group is not None]
    assert len(set(labels)) == len(labels), "two that read alike cannot be told apart"


def test_she_chooses_for_one_kind_and_the_page_shows_it(she: Client, angela: Patient) -> None:
    html = save(she, angela, kind="phase-coming", first="sms")
    assert "Saved: “A step of your plan begins soon”." in text_of(html)
    assert MessagePreference.objects.get(patient=angela).kind == "phase-coming"
    owed = Reminder.objects.owed().filter(recipient_kind="patient")
    assert set(owed.filter(kind="phase-coming").values_list("channel", flat=True)) == {"sms"}
    assert set(owed.filter(kind="phase-starts").values_list("channel", flat=True)) == {"email"}
    part = section(html, "phases")
    assert 'class="each-by-itself" open' in part
    assert MIXED in part
    assert FOR_ALL in part
    assert (chosen(part, "phase-coming"), chosen(part, "phase-starts")) == (("sms", False), AS_GROUP)
    assert 'class="each-by-itself" open' not in section(html, "medicines")
    html = save(she, angela, kind="phase-coming", first="none")
    assert chosen(html, "phase-coming") == ("none", False)


def test_saving_the_group_applies_to_all_of_them(she: Client, angela: Patient) -> None:
    save(she, angela, kind="phase-coming", first="none")
    html = save(she, angela, first="sms", others="1")
    assert "Saved: steps of your plan." in text_of(html)
    assert chosen(html, "phase-coming") == chosen(html, "phase-starts") == AS_GROUP
    assert 'class="each-by-itself" open' not in html


def test_a_kind_is_like_the_others_again_when_she_says_so(she: Client, angela: Patient) -> None:
    save(she, angela, kind="phase-coming", first="none")
    html = save(she, angela, kind="phase-starts", first="email", others="1")
    assert chosen(html, "phase-starts") == ("email", True), "her own choice, though her group goes alike"
    html = save(she, angela, kind="phase-coming", first="as-group")
    assert "Saved: “A step of your plan begins soon” goes as is chosen for all of these." in text_of(html)
    assert chosen(html, "phase-coming") == AS_GROUP
    assert 'class="each-by-itself" open' in html
    html = save(she, angela, kind="phase-starts", first="as-group", others="1")
    assert not MessagePreference.objects.exists()
    assert 'class="each-by-itself" open' not in html
    assert FOR_ALL not in html
    assert "Choose one of the ways, or none." in text_of(save(she, angela, first="as-group")), "a group follows nothing"


def test_one_kind_that_is_a_group_by_itself_shows_what_was_said_of_it(she: Client, angela: Patient) -> None:
    part = section(save(she, angela, group="plan-changes", kind="plan-changed", first="none"), "plan-changes")
    assert chosen(part, "plan-changed") == ("none", False)
    part = section(save(she, angela, group="plan-changes", kind="plan-changed", first="as-group"), "plan-changes")
    assert "<details" not in part


def lose(angela: Patient, kind: str) -> None:
    ContactPoint.objects.filter(patient=angela, kind=kind).update(stopped_at=NOON, stopped_because="refused")


def test_a_way_that_leads_nowhere_is_said_to_be_that_and_not_that_she_wants_none(she: Client, angela: Patient) -> None:
    save(she, angela, kind="phase-coming", first="sms")
    save(she, angela, group="supplies", first="sms", others="1")
    assert "leads nowhere" not in page_of(she, angela)
    lose(angela, "sms")
    html = page_of(she, angela)
    phases, supplies = section(html, "phases"), section(html, "supplies")
    assert chosen(phases, "phase-coming") == ("sms", False)
    assert 'aria-describedby="lost-phase-coming"' in phases
    assert "“Text message”, as you chose, leads nowhere at present. Until it does again, no such messages come." in (
        text_of(phases)
    )
    assert re.search(r'value="sms" checked> <span>Text message \(not working\)', supplies)
    assert "Until it does again, such messages come by email." in text_of(supplies)
    assert 'name="others" value="1" checked' in supplies.partition("<details")[0]
    assert "leads nowhere" not in section(html, "medicines")


def test_what_was_refused_comes_back_open_with_the_reason_beside_it(she: Client, angela: Patient) -> None:
    page_of(she, angela)
    lose(angela, "sms")
    part = section(html := save(she, angela, kind="phase-coming", first="sms", others="1"), "phases")
    assert "Nothing is saved yet. Look at what stands beside the choice." in text_of(html)
    assert 'class="each-by-itself" open' in part
    assert 'aria-invalid="true" aria-describedby="error-phase-coming"' in part
    reason = "Messages to this mobile number are refused. Give the clinic another one, or choose another way."
    assert f'<p class="field-error" id="error-phase-coming">{reason}</p>' in part
    assert chosen(part, "phase-coming") == ("sms", True), "as it was sent"
    assert (MIXED in part, FOR_ALL in part, html.count(reason)) == (False, False, 1)
    part = section(save(she, angela, first="sms"), "phases")
    assert f'<p class="field-error" id="error-phases">{reason}</p>' in part
    assert '<fieldset aria-describedby="error-phases">' in part
    assert 'class="each-by-itself" open' not in part
    assert not MessagePreference.objects.exists()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"kind": "red-flag", "first": "email"}, "These messages cannot be switched off or sent another way."),
        ({"kind": "pigeons", "first": "email"}, "There are no such messages. Look again, then choose."),
        ({"kind": "supply-short", "first": "email"}, "These messages belong to “What runs low at home”."),
        ({"kind": "phase-coming", "first": "push"}, "“Notification on a device” is not set up here."),
        ({"kind": "phase-coming", "first": "pigeon"}, "Choose one of the ways, or none."),
        ({"kind": "phase-coming"}, "Choose one of the ways, or none."),
        ({"kind": "phase-coming", "group": "alerts", "first": "email"}, "There are no such messages."),
    ],
)
def test_what_cannot_be_is_said_on_the_page_and_nothing_is_saved(
    she: Client, angela: Patient, sent: dict[str, str], why: str
) -> None:
    html = save(she, angela, **sent)
    assert why in text_of(html)
    assert "How we reach you" in html
    assert not MessagePreference.objects.exists()


def test_choices_for_many_kinds_cost_no_more_questions(she: Client, angela: Patient) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(she, angela)
        return len(queries)

    page_of(she, angela)
    before = cost()
    said = {"channels": ["sms"], "said_at": NOON, "said_by_kind": "patient", "said_by_code": angela.code}
    for kind in KINDS.values():
        if kind.group is not None:
            MessagePreference.objects.create(patient=angela, group=kind.group.value, kind=kind.name, **said)
    assert cost() == before
    assert page_of(she, angela).count('class="each-by-itself" open') == len(MessageGroup)


def test_another_patient_s_page_shows_nothing_of_it(
    she: Client, angela: Patient, ben: Patient, signed_in: SignedIn
) -> None:
    save(she, angela, kind="phase-coming", first="none")
    assert chosen(page_of(signed_in(ben.user), ben), "phase-coming") == AS_GROUP
    assert signed_in(ben.user).get(f"/portal/{angela.code}/reaching/").status_code == 404
