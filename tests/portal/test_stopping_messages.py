"""One click ends such messages (RFC 8058), for whoever holds the link; looking at it never does."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from gutclinic.logs import WithoutSecrets
from patients.actor import acting_patient
from patients.models import Channel, ContactPoint, MessageGroup, MessagePreference, Patient, Plan, Reminder
from patients.models.private_links import stopping_token
from patients.reminders.channels import Envelope
from patients.reminders.wording import ending
from patients.services.reaching import prefer
from tests.portal.reading import forms_of, text_of

Sweep = Callable[[datetime], list[Envelope]]
MORNING = datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def link(plan: Plan, settings: Settings, sweep_at: Sweep) -> str:
    """The address in the header of her morning’s message, without its host."""
    settings.PUBLIC_URL = "https://clinic.example.org"
    (went,) = [envelope for envelope in sweep_at(MORNING) if envelope.address == "angela@example.org"]
    assert went.unsubscribe_address in went.text
    assert went.unsubscribe_address in went.html
    return went.unsubscribe_address.removeprefix("https://clinic.example.org")


def owed() -> int:
    return Reminder.objects.owed().filter(recipient_kind="patient", kind__startswith="phase-").count()


def test_looking_changes_nothing_however_often(link: str, client: Client) -> None:
    before = owed()
    for look in (client.get, client.head, client.get):
        page = look(link)
        assert page.status_code == 200
        assert not page.cookies
    assert owed() == before > 0
    assert not MessagePreference.objects.exists()


def test_one_click_by_the_mail_program_ends_that_group_alone(link: str, angela: Patient) -> None:
    mail_program = Client(enforce_csrf_checks=True)
    assert mail_program.post(link, ONE_CLICK).status_code == 200
    said = MessagePreference.objects.get(patient=angela)
    assert (said.group, said.channels, said.said_by_kind) == ("phases", [], "patient")
    assert owed() == 0


def test_one_click_ends_single_kinds_of_the_group_too(link: str, texting: ContactPoint, angela: Patient) -> None:
    own = acting_patient(angela)
    prefer(angela, group=MessageGroup.PHASES, kind="phase-starts", channels=[Channel.SMS], by=own, at=MORNING)
    prefer(angela, group=MessageGroup.SUPPLIES, kind="supply-short", channels=[Channel.SMS], by=own, at=MORNING)
    assert owed() > 0
    for _ in range(2):
        assert Client().post(link, ONE_CLICK).status_code == 200
        said = MessagePreference.objects.filter(patient=angela).order_by("group")
        assert [(row.group, row.kind, row.channels) for row in said] == [
            ("phases", "", []),
            ("supplies", "supply-short", ["sms"]),
        ]
    assert owed() == 0


def test_twice_is_once(link: str, client: Client, angela: Patient) -> None:
    client.post(link, ONE_CLICK)
    first = MessagePreference.objects.get(patient=angela)
    assert client.post(link, ONE_CLICK).status_code == 200
    again = MessagePreference.objects.get(patient=angela)
    assert (again.pk, again.said_at) == (first.pk, first.said_at)
    assert MessagePreference.history.filter(patient=angela).count() == 1


def test_the_page_offers_these_and_all_and_names_nobody(link: str, client: Client, angela: Patient) -> None:
    page = client.get(link).content.decode()
    for telling in ("angela", "phase", "plan of", "lindenhof", "medicine"):
        assert telling not in text_of(page).lower()
    these, everything = forms_of(page)
    assert (these.action, these.button) == (link, "Stop these messages")
    client.post(everything.action, ONE_CLICK)
    off = MessagePreference.objects.filter(patient=angela, channels=[])
    assert set(off.values_list("group", flat=True)) == {group.value for group in MessageGroup}


def test_a_link_carries_no_word_about_health(link: str, angela: Patient) -> None:
    for group in MessageGroup:
        token = stopping_token(angela.code, group)
        assert group.value not in token
        assert len(token.split("-")) == 3


@pytest.mark.parametrize("forge", ["code", "group", "seal", "nothing", "text"])
def test_a_forged_link_is_no_page_and_ends_nothing(link: str, client: Client, ben: Patient, forge: str) -> None:
    code, sign, seal = link.split("/")[2].split("-")
    token = {
        "code": f"{ben.code}-{sign}-{seal}",
        "group": f"{code}-a-{seal}",
        "seal": f"{code}-{sign}-{seal[:-1]}{'0' if seal[-1] != '0' else '1'}",
        "nothing": f"{code}-{sign}-",
        "text": "hello",
    }[forge]
    for ask in (client.get, client.post):
        assert ask(f"/messages/{token}/stop/").status_code == 404
    assert not MessagePreference.objects.exists()


def test_no_log_has_what_ends_her_messages(
    link: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("planted")

    caplog.handler.addFilter(WithoutSecrets())
    code, sign, seal = link.split("/")[2].split("-")
    Client().put(link)
    monkeypatch.setattr("patients.portal.stopping_messages.switch_off", fail)
    assert Client(raise_request_exception=False).post(link, ONE_CLICK).status_code == 500
    said = [caplog.handler.format(record).splitlines()[0] for record in caplog.records]
    assert sum(f"/messages/{code}-…/stop/" in line for line in said) == 2
    assert f"{sign}-{seal}" not in "\n".join(said)


def test_other_methods_are_refused(link: str, client: Client) -> None:
    for ask in (client.put, client.delete, client.patch):
        assert ask(link).status_code == 405


def test_without_https_there_is_no_header_and_still_a_link(plan: Plan, settings: Settings, sweep_at: Sweep) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    (went,) = [envelope for envelope in sweep_at(MORNING) if envelope.address == "angela@example.org"]
    assert went.unsubscribe_address == ""
    assert "http://localhost:8000/messages/" in went.text


def test_staff_are_offered_no_such_link(plan: Plan, settings: Settings, sweep_at: Sweep) -> None:
    settings.PUBLIC_URL = "https://clinic.example.org"
    to_staff = [envelope for envelope in sweep_at(MORNING) if envelope.address == "dr_cho@example.org"]
    assert to_staff
    assert all(not envelope.unsubscribe_address and "/stop/" not in envelope.text for envelope in to_staff)


def test_what_speaks_of_several_things_ends_all_of_them(plan: Plan, angela: Patient) -> None:
    one, other = Reminder.objects.owed().filter(recipient_kind="patient").order_by("pk")[:2]
    assert ending(angela, [one, other]) == stopping_token(angela.code, MessageGroup.PHASES)
    other.kind = "taper-review"
    assert ending(angela, [one, other]) == stopping_token(angela.code, None)
