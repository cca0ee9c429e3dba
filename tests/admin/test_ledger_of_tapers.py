"""The ledger names what is owed about a taper, whom it is for, and the taper’s code; never the medicine."""

from django.test import Client
from django.urls import reverse

from patients.models import Reminder, Taper
from patients.reminders.kinds import KINDS
from patients.reminders.ledger_words import kind_words
from tests.admin.conftest import text_of
from tests.admin.test_ledger import LEDGER, rows


def test_a_request_says_who_is_asked_and_when_on_that_persons_clock(cho: Client, sent_taper: Taper) -> None:
    words = text_of(cho.get(reverse(LEDGER)))
    code = sent_taper.plan.patient.code
    assert f"A prescriber is asked to sign a taper {code} Dr Price 4 January 2027, 12:00 Europe/Berlin Owed" in words
    assert f"No answer to a taper for seven days: telephone {code} dr_cho 11 January 2027, 08:00" in words
    assert "omeprazole" not in words.lower()


def test_a_reminder_shows_the_taper_it_is_about(cho: Client, sent_taper: Taper) -> None:
    reminder = sent_taper.reminders.get(kind="signature-again")
    words = text_of(cho.get(reverse("admin:patients_reminder_change", args=[reminder.code])))
    assert f"Taper {sent_taper.code} For Dr Price, by email About the day Thursday 7 January 2027" in words
    assert "Too late from 10 January 2027, 00:00 Europe/Berlin" in words


def test_the_reminders_of_one_taper_are_found_by_its_code_and_by_kind(cho: Client, sent_taper: Taper) -> None:
    found = rows(cho.get(reverse(LEDGER), {"q": sent_taper.code}))
    assert {reminder.taper_id for reminder in found} == {sent_taper.pk}
    assert len(found) == Reminder.objects.filter(taper=sent_taper).count()
    (only,) = rows(cho.get(reverse(LEDGER), {"kind": "signature-fax"}))
    assert only.kind == "signature-fax"


def test_every_kind_says_what_it_is() -> None:
    words = [kind_words(name) for name in KINDS]
    assert len(set(words)) == len(words)
    assert kind_words("a-kind-of-yesterday") == "a-kind-of-yesterday"
