"""Nobody answers: on day 3 it is sent again, on 5 staff fax, on 7 they telephone, on 21 it is closed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from clinics.actor import Actor, for_system, staff_in
from clinics.models import AddressKind, Clinic, Prescriber, User
from clinics.services.confirmations import confirm_address
from patients.models import ContactConsent, Door, PrescriberAnswerKind, SigningRequest, Taper
from patients.models.private_links import signing_token
from patients.reminders.channels import Envelope
from patients.services.tapers.answering import answer
from patients.services.tapers.looking_after import look_after_tapers
from patients.services.tapers.requesting import propose, send, withdraw
from tests.fixtures.personae import NOON
from tests.reminders.of_tapers import one, owed, patient_morning, since_sent, staff_morning

Sweep = Callable[[datetime], list[Envelope]]
PRICE = "dr_price@example.org"


def to_price(envelopes: list[Envelope]) -> list[Envelope]:
    return [envelope for envelope in envelopes if envelope.address == PRICE]


def say(taper: Taper, kind: PrescriberAnswerKind, *, by: Actor, at: datetime, door: Door = Door.LINK) -> None:
    version = taper.versions.get(status="proposed")
    answer(taper, kind=kind, door=door, version_sha256=version.sha256, text="In my words.", by=by, at=at)


def test_the_request_goes_to_the_prescriber_at_once_with_its_link(sent_taper: Taper, sweep_at: Sweep) -> None:
    (message,) = to_price(sweep_at(NOON))
    request = SigningRequest.objects.get()
    assert f"/prescriber/{signing_token(request)}/" in message.text
    assert f"/prescriber/{signing_token(request)}/" in message.html
    assert (message.subject, message.sender_name) == ("A note waits for you", "Your clinic")
    assert one(sent_taper, "signature-request").status == "sent"
    assert to_price(sweep_at(NOON + timedelta(minutes=1))) == []


def test_a_draft_and_a_version_that_was_not_sent_ask_nobody(draft_taper: Taper, by: Actor) -> None:
    version = draft_taper.versions.get()
    propose(draft_taper, shown=version.sha256, by=by, at=NOON, revision=draft_taper.revision)
    assert not draft_taper.reminders.exists()


def test_what_is_asked_at_night_goes_when_the_prescribers_quiet_hours_end(
    draft_taper: Taper, confirmed_dr_price: Prescriber, consent: object, by: Actor, sweep_at: Sweep
) -> None:
    """dr_price lives in New York, six hours behind Berlin, and is quiet until seven there."""
    Prescriber.objects.update(zone="America/New_York", quiet_ends="07:00")
    version = draft_taper.versions.get()
    morning = datetime(2027, 1, 5, 8, tzinfo=UTC)
    propose(draft_taper, shown=version.sha256, by=by, at=morning, revision=draft_taper.revision)
    draft_taper.refresh_from_db()
    send(draft_taper, door=Door.LINK, by=by, at=morning, revision=draft_taper.revision)
    assert to_price(sweep_at(morning)) == []
    seven_there = datetime(2027, 1, 5, 12, tzinfo=UTC)
    assert one(draft_taper, "signature-request").send_at == seven_there
    assert one(draft_taper, "signature-again").send_at == datetime(2027, 1, 8, 14, tzinfo=UTC), "nine, on the day"
    assert to_price(sweep_at(seven_there - timedelta(minutes=1))) == []
    assert len(to_price(sweep_at(seven_there))) == 1


def test_the_steps_when_nobody_answers_are_counted_from_the_first_request(sent_taper: Taper) -> None:
    steps = [
        ("signature-again", 3, patient_morning),
        ("signature-fax", 5, staff_morning),
        ("signature-telephone", 7, staff_morning),
        ("signature-closed", 21, staff_morning),
    ]
    for kind, after, morning in steps:
        (reminder,) = owed(sent_taper, kind)
        assert (reminder.civil_date, reminder.send_at) == (since_sent(after), morning(since_sent(after))), kind
    assert {owed(sent_taper, kind)[0].recipient_kind for kind, _, _ in steps[1:]} == {"staff"}


def test_nobody_answers_and_everything_goes_once_on_its_day(sent_taper: Taper, sweep_at: Sweep) -> None:
    sweep_at(NOON)
    gone: list[tuple[str, int]] = []
    for day in range(1, 31):
        for hour in (7, 8, 20):
            at = datetime.combine(since_sent(day), datetime.min.time(), UTC).replace(hour=hour)
            look_after_tapers(by=for_system(), at=at)
            sweep_at(at)
        for kind in ("signature-again", "signature-fax", "signature-telephone", "signature-closed"):
            if one(sent_taper, kind).status == "sent" and kind not in [name for name, _ in gone]:
                gone.append((kind, day))
    assert gone == [("signature-again", 3), ("signature-fax", 5), ("signature-telephone", 7), ("signature-closed", 21)]
    sent_taper.refresh_from_db()
    assert (sent_taper.status, sent_taper.end) == ("stopped", "no-agreement")


def test_an_answer_ends_the_steps_and_the_practitioner_hears_of_it_next_morning(
    sent_taper: Taper, price: Actor, sweep_at: Sweep
) -> None:
    sweep_at(NOON)
    later = NOON + timedelta(days=1)
    say(sent_taper, PrescriberAnswerKind.DECLINE, by=price, at=later)
    for kind in ("signature-again", "signature-fax", "signature-telephone", "signature-closed"):
        assert one(sent_taper, kind).status == "cancelled", kind
    assert sweep_at(later) == [], "single messages are of warning signs alone"
    (message,) = sweep_at(staff_morning(since_sent(2)))
    assert (message.address, message.subject) == ("dr_cho@example.org", "Today: 1 note")
    assert "1 to look at." in message.text
    assert one(sent_taper, "prescriber-answered").status == "sent"


def test_a_signature_is_an_answer_too(taper: Taper) -> None:
    (told,) = owed(taper, "prescriber-answered")
    assert (told.recipient_kind, told.send_at) == ("staff", staff_morning(since_sent(1)))
    assert owed(taper, "signature-fax") == []


def test_please_call_me_asks_the_practitioner_to_call_and_the_prescriber_nothing_more(
    sent_taper: Taper, price: Actor
) -> None:
    say(sent_taper, PrescriberAnswerKind.CALL_ME, by=price, at=NOON)
    (call,) = owed(sent_taper, "prescriber-calls", "staff")
    assert call.send_at == staff_morning(since_sent(1))
    assert owed(sent_taper, "prescriber-answered") == []
    assert owed(sent_taper, "signature-again") == []
    assert owed(sent_taper, "signature-fax") == []
    assert len(owed(sent_taper, "signature-closed")) == 1, "it is still closed on day 21"


def test_two_answers_on_one_day_are_two_notes(sent_taper: Taper, price: Actor, sweep_at: Sweep) -> None:
    say(sent_taper, PrescriberAnswerKind.CALL_ME, by=price, at=NOON)
    say(sent_taper, PrescriberAnswerKind.CALL_ME, by=price, at=NOON + timedelta(hours=2))
    assert len(owed(sent_taper, "prescriber-calls")) == 2


def test_whoever_writes_an_answer_down_is_not_told_of_it(sent_taper: Taper, by: Actor) -> None:
    say(sent_taper, PrescriberAnswerKind.DECLINE, by=by, at=NOON, door=Door.TELEPHONE)
    assert not sent_taper.reminders.filter(kind="prescriber-answered").exists()


def test_a_letter_that_was_faxed_already_is_not_asked_for_again(sent_taper: Taper, by: Actor) -> None:
    send(sent_taper, door=Door.FAX_OR_LETTER, by=by, at=NOON + timedelta(days=2), revision=sent_taper.revision)
    assert owed(sent_taper, "signature-fax") == []
    assert len(owed(sent_taper, "signature-telephone")) == 1


def test_a_request_that_is_sent_again_by_hand_has_a_link_of_its_own(
    sent_taper: Taper, by: Actor, sweep_at: Sweep
) -> None:
    (first,) = to_price(sweep_at(NOON))
    later = NOON + timedelta(hours=3)
    send(sent_taper, door=Door.LINK, by=by, at=later, revision=sent_taper.revision)
    (second,) = to_price(sweep_at(later))
    newest = SigningRequest.objects.get(closed_at__isnull=True)
    assert signing_token(newest) in second.text
    assert signing_token(newest) not in first.text


def test_a_request_taken_back_before_it_went_is_not_sent(sent_taper: Taper, by: Actor, sweep_at: Sweep) -> None:
    withdraw(sent_taper, by=by, at=NOON, revision=sent_taper.revision)
    assert to_price(sweep_at(NOON)) == []
    assert one(sent_taper, "signature-request").status == "cancelled"


def test_a_request_closed_behind_the_outbox_is_noticed_at_the_door(sent_taper: Taper, sweep_at: Sweep) -> None:
    SigningRequest.objects.update(closed_at=NOON, closed_because="Behind the services’ back.")
    assert to_price(sweep_at(NOON)) == []
    assert one(sent_taper, "signature-request").status == "cancelled"


def test_a_request_may_go_for_two_days_more_and_is_then_missed(sent_taper: Taper, sweep_at: Sweep) -> None:
    request = one(sent_taper, "signature-request")
    assert request.too_late_at == datetime(2027, 1, 6, 23, tzinfo=UTC), "midnight of the third day in Berlin"
    (message,) = to_price(sweep_at(patient_morning(since_sent(3))))
    assert message.subject == "A note waits for you", "only what is sent again on day 3"
    assert one(sent_taper, "signature-request").status == "missed"
    assert one(sent_taper, "signature-again").status == "sent"


@pytest.mark.parametrize("change", ["address", "consent", "ended"])
def test_a_prescriber_who_cannot_be_written_to_is_the_practitioners_to_telephone(
    sent_taper: Taper, sweep_at: Sweep, change: str
) -> None:
    match change:
        case "address":
            Prescriber.objects.update(email="new@example.org", email_since=NOON)
        case "consent":
            ContactConsent.objects.update(withdrawn_at=NOON, withdrawn_by_kind="staff", withdrawn_by_code="A")
        case _:
            Prescriber.objects.update(ended_at=NOON, ended_by_kind="staff", ended_by_code="A")
    assert sweep_at(NOON) == []
    request = one(sent_taper, "signature-request")
    assert (request.status, request.reason) == ("missed", "There is no address with consent to send it to.")
    next_day = staff_morning(since_sent(1))
    assert [envelope.address for envelope in sweep_at(next_day)] == ["dr_cho@example.org"]
    assert one(sent_taper, "prescriber-not-reached").status == "sent"


def test_a_request_goes_nowhere_but_to_the_address_that_it_was_made_for(
    sent_taper: Taper, clinic: Clinic, assistant_1: User, sweep_at: Sweep
) -> None:
    """Another address counts by now, and the link of this request is of no use there."""
    Prescriber.objects.update(email="new@example.org", email_since=NOON)
    looked_up = {"register": "Register of physicians", "number": "4711", "by": staff_in(clinic, assistant_1)}
    confirm_address(Prescriber.objects.get(), AddressKind.EMAIL, **looked_up, at=NOON)
    assert sweep_at(NOON) == []
    assert one(sent_taper, "signature-request").status == "missed"


def test_a_prescriber_who_was_reached_is_not_telephoned_for_it(sent_taper: Taper, sweep_at: Sweep) -> None:
    sweep_at(NOON)
    assert sweep_at(staff_morning(since_sent(1))) == []
    assert one(sent_taper, "prescriber-not-reached").status == "cancelled"
