"""What stands between a prescriber and a signature: questions, a reason, an indication, and reading it once more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection

from clinics.actor import Actor
from patients.models import Door, Patient, PrescriberAnswer, Signature, SourceKind, Taper
from patients.services.record import add_condition
from patients.services.record_writing import Source
from patients.services.tapers.drawing_up import Draft
from patients.services.tapers.requesting import propose, send, withdraw
from protocols.domain.gate_answers import Answer, GateAnswer
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, NO_STOPS, on_day
from tests.prescriber.visiting import Browser, said

SendDraft = Callable[[Draft], Browser]
Move = Callable[..., None]


def without(*gates: str) -> tuple[GateAnswer, ...]:
    return tuple(answer for answer in NO_STOPS if answer.gate not in gates)


def yes(gate: str) -> GateAnswer:
    return GateAnswer(gate=gate, answer=Answer.YES, source="Endoscopy of 2019", as_of=TODAY)


def nothing_was_signed() -> bool:
    return not Signature.objects.exists() and not PrescriberAnswer.objects.exists()


@pytest.mark.parametrize("filled", [{}, {"answer-G2": "unknown"}, {"answer-G2": ""}])
def test_an_unknown_hard_stop_must_be_answered(
    send_draft: SendDraft, angelas_draft: Draft, filled: dict[str, str]
) -> None:
    visitor = send_draft(replace(angelas_draft, answers=without("G2")))
    page = said(visitor.agree(**filled))
    assert "These must be answered first: Has oesophagitis of Los Angeles grade C or D ever been found?" in page
    assert "Answer this with yes or no." in page
    assert nothing_was_signed()


def test_answered_no_it_may_be_signed_and_the_answer_is_the_prescribers(
    send_draft: SendDraft, angelas_draft: Draft
) -> None:
    visitor = send_draft(replace(angelas_draft, answers=without("G2")))
    shown = visitor.agree(**{"answer-G2": "no"})
    assert (
        "No · Has oesophagitis of Los Angeles grade C or D ever been found? Hard stop. Answered by the prescriber"
        in said(shown)
    )
    assert "Signed." in said(visitor.sign(shown))
    gates = {gate.gate: gate for gate in Signature.objects.get().terms().gates}
    assert (gates["G2"].answer, gates["G2"].source, gates["G2"].as_of) == (
        Answer.NO,
        "Answered by the prescriber",
        TODAY,
    )


def test_a_soft_question_may_stay_unknown(send_draft: SendDraft, angelas_draft: Draft) -> None:
    visitor = send_draft(replace(angelas_draft, answers=without("A4", "A6")))
    shown = visitor.agree(**{"answer-A4": "yes", "answer-A6": "unknown"})
    visitor.sign(shown)
    gates = {gate.gate: gate.answer for gate in Signature.objects.get().terms().gates}
    assert (gates["A4"], gates["A6"]) == (Answer.YES, Answer.UNKNOWN)


def test_a_hard_stop_that_is_yes_wants_a_reason_in_words(send_draft: SendDraft, angelas_draft: Draft) -> None:
    visitor = send_draft(replace(angelas_draft, answers=(*without("G1"), yes("G1"))))
    page = said(visitor.agree())
    assert "These forbid it as they stand: Does the patient have Barrett’s oesophagus" in page
    assert "Say why you go on nevertheless." in page
    assert "Say in words why you go on" in said(visitor.agree(**{"reason-G1": "…"}))
    shown = visitor.agree(**{"reason-G1": "Short segment, no dysplasia, agreed with the endoscopist."})
    assert "Lifted: Short segment, no dysplasia, agreed with the endoscopist." in said(shown)
    visitor.sign(shown)
    gates = {gate.gate: gate for gate in Signature.objects.get().terms().gates}
    assert gates["G1"].lifted_because == "Short segment, no dysplasia, agreed with the endoscopist."


def test_an_unknown_one_that_turns_out_yes_wants_one_too(send_draft: SendDraft, angelas_draft: Draft) -> None:
    visitor = send_draft(replace(angelas_draft, answers=without("G3")))
    page = said(visitor.agree(**{"answer-G3": "yes"}))
    assert "Say why you go on nevertheless." in page
    shown = visitor.agree(**{"answer-G3": "yes", "reason-G3": "Dilated in 2010, none since."})
    visitor.sign(shown)
    gates = {gate.gate: gate for gate in Signature.objects.get().terms().gates}
    assert (gates["G3"].answer, gates["G3"].lifted_because) == (Answer.YES, "Dilated in 2010, none since.")


def test_a_reason_beside_a_no_is_a_slip(send_draft: SendDraft, angelas_draft: Draft) -> None:
    visitor = send_draft(replace(angelas_draft, answers=without("G3")))
    page = said(visitor.agree(**{"answer-G3": "no", "reason-G3": "Dilated in 2010."}))
    assert "This is answered no, so there is nothing to lift." in page
    assert nothing_was_signed()


def test_a_warning_sign_is_never_lifted(send_draft: SendDraft, angelas_draft: Draft) -> None:
    visitor = send_draft(replace(angelas_draft, answers=without("G9")))
    page = said(visitor.agree(**{"answer-G9": "yes", "reason-G9": "I know about it."}))
    assert "These forbid it as they stand: Is a warning sign open" in page
    assert nothing_was_signed()


def test_an_answer_to_what_nobody_asked_changes_nothing(opened: Browser) -> None:
    """The record’s yes or no is not talked away on this page."""
    shown = opened.agree(**{"answer-G1": "yes", "reason-G1": "Made up.", "indication": "Made up."})
    opened.sign(shown)
    signed = Signature.objects.get().terms()
    assert {gate.answer for gate in signed.gates} == {Answer.NO}
    assert signed.indication == "Heartburn, resolved"


def test_a_missing_indication_is_asked_for(send_draft: SendDraft, angelas_draft: Draft) -> None:
    visitor = send_draft(replace(angelas_draft, indication="", indication_code=""))
    assert "What is this medicine taken for?" in visitor.text()
    assert "Say what this medicine was prescribed for." in said(visitor.agree(indication="  "))
    shown = visitor.agree(indication="Reflux since 2021")
    visitor.sign(shown)
    assert Signature.objects.get().terms().indication == "Reflux since 2021"


def test_what_was_filled_in_is_there_again_after_a_change_of_mind(send_draft: SendDraft, angelas_draft: Draft) -> None:
    visitor = send_draft(replace(angelas_draft, answers=without("G3")))
    shown = visitor.agree(**{"answer-G3": "yes", "reason-G3": "Dilated <in> 2010.", "text": "Call if it’s worse."})
    page = visitor.press(shown, "change").content.decode()
    assert "Dilated &lt;in&gt; 2010." in page
    assert "Call if it’s worse." in page
    assert 'value="yes" id="id_answer-G3_0" checked' in page.replace("required ", "")


def test_nothing_is_signed_unread(opened: Browser) -> None:
    page = said(opened.post("agree/", version=opened.request.version.sha256, then="sign"))
    assert "Read first what exactly you sign, then agree. Nothing was recorded." in page
    assert nothing_was_signed()


def test_what_was_read_is_what_is_signed(send_draft: SendDraft, angelas_draft: Draft) -> None:
    """Answers that change between reading and signing change the bytes."""
    visitor = send_draft(replace(angelas_draft, answers=without("G3")))
    shown = visitor.agree(**{"answer-G3": "no"})
    page = said(visitor.press(shown, "sign", **{"answer-G3": "yes", "reason-G3": "Something else."}))
    assert "What you would agree to now is not what you were shown." in page
    assert nothing_was_signed()


def test_after_midnight_it_is_read_again(
    send_draft: SendDraft, angelas_draft: Draft, travel: time_machine.Traveller
) -> None:
    """The day of an answer is among what is signed."""
    before_midnight = NOON + timedelta(hours=11, minutes=55)
    visitor = send_draft(replace(angelas_draft, answers=without("G3")))
    travel.move_to(before_midnight, tick=False)
    visitor.follow()
    visitor.open()
    shown = visitor.agree(**{"answer-G3": "no"})
    travel.move_to(before_midnight + timedelta(minutes=10), tick=False)
    assert "Look at it once more, then agree." in said(visitor.sign(shown))
    assert nothing_was_signed()
    visitor.sign(visitor.agree(**{"answer-G3": "no"}))
    assert Signature.objects.get().signed_on == TODAY + timedelta(days=1)


def test_a_signature_for_another_version_is_refused(opened: Browser) -> None:
    shown = opened.agree()
    page = said(opened.press(shown, "sign", version="0" * 64))
    assert "This is not the version that waits for your answer any more. Nothing was recorded." in page
    assert "This is not the version that waits" in said(opened.post("agree/", version="0" * 64))
    assert nothing_was_signed()


def test_a_version_that_was_taken_back_meanwhile_is_refused(opened: Browser, sent_taper: Taper, by: Actor) -> None:
    shown = opened.agree()
    withdraw(sent_taper, by=by, at=NOON, revision=sent_taper.revision)
    page = said(opened.sign(shown))
    assert "The clinic has taken this version back, so nothing was recorded." in page
    assert nothing_was_signed()


def test_a_newer_version_meanwhile_is_refused_in_the_tab_of_the_older_one(
    opened: Browser, sent_taper: Taper, by: Actor
) -> None:
    shown = opened.agree()
    withdraw(sent_taper, by=by, at=NOON, revision=sent_taper.revision)
    taper = Taper.objects.get()
    newer = propose(taper, shown=taper.versions.get(status="draft").sha256, by=by, at=NOON, revision=taper.revision)
    taper.refresh_from_db()
    request = send(taper, door=Door.LINK, by=by, at=NOON, revision=taper.revision)
    assert "If it sent you another one, open that message" in said(opened.sign(shown))
    assert nothing_was_signed()
    other = Browser(request)
    other.client = opened.client
    other.follow()
    other.open()
    other.sign(other.agree())
    assert Signature.objects.get().version == newer


def test_two_tabs_sign_once(opened: Browser) -> None:
    first, second = opened.agree(), opened.agree()
    assert "Signed. Thank you." in said(opened.sign(first))
    page = said(opened.sign(second))
    assert "This was answered already. What was recorded stands here; nothing was added." in page
    assert (Signature.objects.count(), PrescriberAnswer.objects.count()) == (1, 1)


def test_signed_in_one_tab_it_cannot_be_declined_in_the_other(opened: Browser) -> None:
    opened.sign(opened.agree())
    assert "This was answered already." in said(opened.answer("decline", text="No."))
    assert Taper.objects.get().status == "active"


def test_declined_in_one_tab_it_cannot_be_signed_in_the_other(opened: Browser) -> None:
    shown = opened.agree()
    opened.answer("decline", text="No.")
    assert "This was answered already." in said(opened.sign(shown))
    assert not Signature.objects.exists()


def test_too_late_to_sign_the_other_answers_are_open(
    send_draft: SendDraft, angelas_draft: Draft, travel: time_machine.Traveller
) -> None:
    visitor = send_draft(replace(angelas_draft, latest_first_day=FIRST_DAY))
    travel.move_to(on_day(0), tick=False)
    visitor.follow()
    visitor.open()
    shown = visitor.agree()
    assert "This is what you sign" in said(shown)
    travel.move_to(on_day(1), tick=False)
    visitor.follow()
    page = said(visitor.open())
    assert "The latest first day of this version has passed, so it cannot be signed any more." in page
    assert "show me what I sign" not in page
    for late in (visitor.sign(shown), visitor.agree()):
        assert "The latest first day of this version has passed" in said(late)
    assert nothing_was_signed()
    assert "Recorded: “Please call me”." in said(visitor.answer("call-me", text="030 99, mornings"))


def test_signed_late_but_in_time_the_page_says_from_when_it_counts(
    opened: Browser, travel: time_machine.Traveller
) -> None:
    travel.move_to(on_day(3), tick=False)
    opened.follow()
    opened.open()
    shown = opened.agree()
    assert "Signed today, day one is 14 January 2027. The dates below move along with it." in said(shown)
    opened.sign(shown)
    assert Taper.objects.get().versions.get().first_day == date(2027, 1, 14)


def test_a_record_that_changed_meanwhile_forbids_it(opened: Browser, angela: Patient, by: Actor) -> None:
    shown = opened.agree()
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    add_condition(angela, icd10cm_code="K22.70", source=source, by=by, at=NOON)
    for page in (opened.sign(shown), opened.agree()):
        assert "The patient’s record says something else by now than this version does" in said(page)
        assert "choose “Please call me”, or call the clinic" in said(page)
    assert nothing_was_signed()


def test_altered_bytes_are_shown_to_nobody(opened: Browser, sent_taper: Taper) -> None:
    if connection.vendor == "postgresql":
        # The database itself refuses to change them, unless its triggers are off.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
    sent_taper.versions.update(content=b"{}")
    for page in (opened.get(), opened.agree(), opened.get("letter/")):
        assert page.status_code == 409
        assert "were altered. Nothing is shown until this is cleared up." in said(page)
