"""Races, on purpose: two people, or a person and the clock, move one taper at the same instant."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from clinics.actor import Actor, for_system
from patients.models import (
    ContactConsent,
    DiaryEntry,
    Door,
    Patient,
    Plan,
    PrescriberAnswer,
    PrescriberAnswerKind,
    RedFlagReport,
    Signature,
    SigningRequest,
    SourceKind,
    Taper,
    TaperEnd,
    TaperHold,
    TaperVersion,
    UseKind,
    UseReport,
)
from patients.models.taper_course import course_of
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers import (
    answering,
    drawing_up,
    holding,
    looking_after,
    requesting,
    revising,
    stopping,
    using,
)
from patients.services.tapers.consent import withdraw_consent
from patients.services.tapers.drawing_up import Draft, change_draft, save_draft
from patients.services.tapers.errors import TaperedAlready
from patients.services.tapers.revising import StepBack
from patients.services.tapers.signing import Agreement, sign
from protocols.domain.amount import Amount
from tests.fixtures.lives import Life, day
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day
from tests.services.test_two_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def errors_of(results: Iterable[object]) -> list[str]:
    return sorted(type(result).__name__ for result in results if isinstance(result, Exception))


def is_whole(life: Life) -> None:
    """Whatever was first: what is stored hangs together."""
    taper = life.taper
    statuses = [version.status for version in taper.versions.all()]
    holds = TaperHold.objects.filter(version__taper=taper, resumed_on__isnull=True).count()
    lines = list(taper.transitions.order_by("pk"))
    assert statuses.count("in-force") == (1 if taper.is_running else 0)
    assert statuses.count("proposed") + statuses.count("draft") <= 1
    assert holds == (1 if taper.status == "held" else 0)
    assert lines[-1].to_status == taper.status
    for before, after in pairwise(lines):
        assert before.to_status == after.from_status, (before, after)
    course_of(taper)


def signing(life: Life, at: int = -5) -> Callable[[], object]:
    version = life.taper.versions.get(status="proposed")
    taper = life.taper

    def call() -> object:
        return sign(
            taper,
            door=Door.LINK,
            version_sha256=version.sha256,
            agreement=Agreement(),
            means="By control of this mailbox.",
            by=life.price,
            at=on_day(at),
        )

    return call


def test_two_signatures_at_once_are_one(unsigned: Life) -> None:
    results = at_once(*[signing(unsigned)] * 3)
    assert errors_of(results) == ["OtherVersion", "OtherVersion"]
    assert (Signature.objects.count(), PrescriberAnswer.objects.count()) == (1, 1)
    is_whole(unsigned)


def test_signed_and_taken_back_at_once_one_of_them_counts(unsigned: Life) -> None:
    taper = unsigned.taper

    def withdraw() -> object:
        return requesting.withdraw(taper, by=unsigned.cho, at=on_day(-5), revision=taper.revision)

    results = at_once(signing(unsigned), withdraw)
    assert len(errors_of(results)) == 1
    assert unsigned.status == ("active" if Signature.objects.exists() else "draft")
    is_whole(unsigned)


def test_signed_and_declined_at_once_one_of_them_counts(unsigned: Life) -> None:
    taper = unsigned.taper
    sha256 = taper.versions.get().sha256

    def decline() -> object:
        return answering.answer(
            taper,
            kind=PrescriberAnswerKind.DECLINE,
            door=Door.LINK,
            version_sha256=sha256,
            by=unsigned.price,
            at=on_day(-5),
        )

    results = at_once(signing(unsigned), decline)
    assert errors_of(results) == ["OtherVersion"]
    assert PrescriberAnswer.objects.count() == 1
    is_whole(unsigned)


def test_signed_as_the_sweep_closes_it_one_of_them_counts(unsigned: Life) -> None:
    results = at_once(signing(unsigned, at=15), lambda: looking_after.look_after_tapers(by=for_system(), at=on_day(15)))
    assert unsigned.status in {"active", "stopped"}
    assert errors_of(results) == ([] if unsigned.status == "active" else ["OtherVersion"])
    is_whole(unsigned)


def test_proposed_twice_at_once_it_is_proposed_once(draft_taper: Taper, by: Actor, price: Actor) -> None:
    version = draft_taper.versions.get()

    def propose() -> object:
        return requesting.propose(draft_taper, shown=version.sha256, by=by, at=NOON, revision=draft_taper.revision)

    assert errors_of(at_once(propose, propose, propose)) == ["TaperChanged", "TaperChanged"]
    is_whole(Life(draft_taper.code, cho=by, price=price, angela=by))


def test_proposed_and_changed_at_once_what_was_shown_is_what_waits(
    draft_taper: Taper, angelas_draft: Draft, by: Actor, price: Actor
) -> None:
    version = draft_taper.versions.get()

    def propose() -> object:
        return requesting.propose(draft_taper, shown=version.sha256, by=by, at=NOON, revision=draft_taper.revision)

    def change() -> object:
        return change_draft(draft_taper, angelas_draft, by=by, at=NOON, revision=draft_taper.revision)

    assert errors_of(at_once(propose, change)) == ["TaperChanged"]
    is_whole(Life(draft_taper.code, cho=by, price=price, angela=by))


def test_drawn_up_twice_at_once_a_medicine_has_one_taper(plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    results = at_once(*[lambda: save_draft(plan, angelas_draft, by=by, at=NOON)] * 3)
    assert errors_of(results) == [TaperedAlready.__name__] * 2
    assert Taper.objects.count() == TaperVersion.objects.count() == 1


def test_drawn_up_from_two_plans_at_once_a_substance_has_one_taper(
    plan: Plan,
    assign_plan: Callable[..., Plan],
    angelas_draft: Draft,
    angela: Patient,
    by: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Written down twice in the record, once for each plan: whoever looks first keeps the other waiting."""
    second_line = add_medicine(
        angela,
        medicine=angelas_draft.medicine,
        amount=Amount.parse("40 mg"),
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )
    second_plan = assign_plan(angela, key="another")
    both_have_looked = threading.Barrier(2)
    look = drawing_up.require_the_only_one

    def look_and_wait(*args: Any, **kwargs: Any) -> None:
        look(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            both_have_looked.wait(timeout=2)

    monkeypatch.setattr(drawing_up, "require_the_only_one", look_and_wait)
    results = at_once(
        lambda: save_draft(plan, angelas_draft, by=by, at=NOON),
        lambda: save_draft(second_plan, replace(angelas_draft, reduces=second_line), by=by, at=NOON),
    )
    assert errors_of(results) == [TaperedAlready.__name__]
    assert Taper.objects.count() == TaperVersion.objects.count() == 1


def test_sent_twice_at_once_one_link_is_alive(unsigned: Life) -> None:
    taper = unsigned.taper

    def send() -> object:
        return requesting.send(taper, door=Door.LINK, by=unsigned.cho, at=on_day(-5), revision=taper.revision)

    assert errors_of(at_once(send, send)) == ["TaperChanged"]
    assert SigningRequest.objects.filter(closed_at__isnull=True).count() == 1


def test_sent_as_she_withdraws_her_agreement_no_link_stays_alive(unsigned: Life) -> None:
    taper = unsigned.taper
    consent = ContactConsent.objects.get()

    def send() -> object:
        return requesting.send(taper, door=Door.LINK, by=unsigned.cho, at=on_day(-5), revision=taper.revision)

    results = at_once(send, lambda: withdraw_consent(consent, by=unsigned.cho, at=on_day(-5)))
    assert errors_of(results) in ([], ["NoConsent"], ["TaperChanged"]), results
    assert not ContactConsent.objects.standing().exists()
    assert not SigningRequest.objects.filter(closed_at__isnull=True).exists()
    is_whole(unsigned)


def test_held_twice_at_once_it_is_held_once(life: Life) -> None:
    taper = life.taper

    def hold() -> object:
        return holding.hold(taper, reason="Travelling", by=life.cho, at=on_day(10), revision=taper.revision)

    assert errors_of(at_once(hold, hold)) == ["TaperChanged"]
    is_whole(life)


def test_held_by_both_at_once_it_is_the_prescribers(life: Life) -> None:
    """Whoever comes second: the prescriber takes over, the practitioner is refused."""
    taper = life.taper

    def cho() -> object:
        return holding.hold(taper, reason="Travelling", by=life.cho, at=on_day(10), revision=None)

    def price() -> object:
        return holding.hold(taper, reason="I see her first.", by=life.price, at=on_day(10), revision=None)

    results = at_once(cho, price)
    assert errors_of(results) in ([], ["IllegalTaperMove"])
    assert life.hold_that_is_on.reason_kind == "prescriber"
    is_whole(life)


def test_held_as_the_sweep_holds_it_there_is_one_hold_and_it_is_the_practitioners(life: Life) -> None:
    taper = life.taper

    def hold() -> object:
        return holding.hold(taper, reason="Travelling", by=life.cho, at=on_day(28), revision=None)

    results = at_once(hold, lambda: looking_after.look_after_tapers(by=for_system(), at=on_day(28)))
    assert errors_of(results) == []
    assert life.hold_that_is_on.reason_kind == "clinician"
    is_whole(life)


def test_two_sweeps_at_once_hold_it_once(life: Life) -> None:
    results = at_once(*[lambda: looking_after.look_after_tapers(by=for_system(), at=on_day(28))] * 3)
    assert errors_of(results) == []
    assert TaperHold.objects.count() == 1
    is_whole(life)


def test_her_answer_as_the_sweep_comes_lets_the_next_step_begin(life: Life) -> None:
    """Whichever is first: held and let go on again, or never held."""
    results = at_once(
        lambda: using.report_use(life.taper, kind=UseKind.CHANGED, by=life.angela, at=on_day(28)),
        lambda: looking_after.look_after_tapers(by=for_system(), at=on_day(28)),
    )
    assert errors_of(results) == []
    assert (life.status, life.all_mg([28, 29])) == ("active", [20, 10])
    is_whole(life)


def test_tapped_twice_at_once_it_is_said_once(life: Life) -> None:
    results = at_once(*[lambda: using.report_use(life.taper, kind=UseKind.STOPPED, by=life.angela, at=on_day(10))] * 3)
    assert errors_of(results) == []
    assert UseReport.objects.count() == 1


def test_two_entries_of_one_day_at_once_leave_one_standing(life: Life) -> None:
    def write(symptoms: int) -> Callable[[], object]:
        return lambda: using.write_diary(
            life.taper, on=day(10), symptoms=symptoms, rescue_doses=1, by=life.angela, at=on_day(10)
        )

    assert errors_of(at_once(write(3), write(4), write(5))) == []
    assert DiaryEntry.objects.filter(replaced_at__isnull=True).count() == 1
    assert DiaryEntry.objects.count() == 3


def test_a_warning_sign_as_it_is_resumed_keeps_it_or_holds_it_again(life: Life) -> None:
    life.hold(9)
    taper = life.taper

    def resume() -> object:
        return holding.resume(taper, by=life.cho, at=on_day(10), revision=None)

    results = at_once(
        resume,
        lambda: using.report_red_flags(taper, flags=["bloody-stool"], by=life.angela, at=on_day(10)),
    )
    assert errors_of(results) in ([], ["RedFlagOpen"])
    assert life.status == "held"
    assert RedFlagReport.objects.count() == 1
    is_whole(life)


def test_stopped_and_revoked_at_once_it_ends_once(life: Life) -> None:
    taper = life.taper

    def stop() -> object:
        return stopping.stop(
            taper,
            end=TaperEnd.REACTION,
            instruction="Call us.",
            by=life.cho,
            at=on_day(10),
            revision=taper.revision,
        )

    results = at_once(stop, lambda: stopping.revoke(taper, instruction="Take 20 mg.", by=life.price, at=on_day(10)))
    assert len(errors_of(results)) == 1
    assert life.status == "stopped"
    is_whole(life)


def test_a_later_version_signed_as_it_is_held_begins_and_ends_the_hold_or_waits(life: Life) -> None:
    life.changes(1, 29)
    life.draw_up(StepBack(), first=45, on=40)
    life.propose(40)
    taper = life.taper

    def hold() -> object:
        return holding.hold(taper, reason="Travelling", by=life.cho, at=on_day(41), revision=None)

    assert errors_of(at_once(signing(life, at=41), hold)) == []
    assert life.mg(44) == 10
    assert life.status in {"active", "held"}
    assert life.mg(45) == (20 if life.status == "active" else 10)
    is_whole(life)


def test_two_later_versions_drawn_up_at_once_are_one_draft(life: Life) -> None:
    life.changes(1, 29)
    taper = life.taper

    def draw_up() -> object:
        return revising.draw_up_revision(
            taper,
            StepBack(),
            first_day=day(45),
            reason="Symptoms came back.",
            by=life.cho,
            at=on_day(40),
            on_screen=taper.revision,
        )

    assert errors_of(at_once(draw_up, draw_up)) == ["TaperChanged"]
    assert life.taper.versions.count() == 2


# --- In the middle ------------------------------------------------------------------------------------------

STEPS_OF_A_MOVE = [
    "patients.services.tapers.tapering.replan_beside",
    "patients.services.tapers.tapering.look_after_a_move",
    "patients.services.tapers.tapering.record",
]


@pytest.mark.parametrize("where", STEPS_OF_A_MOVE)
@pytest.mark.parametrize(
    "act",
    [
        lambda life: life.hold(10),
        lambda life: life.stop(10),
        lambda life: life.revoke(10),
        lambda life: life.reports(10),
        lambda life: life.draw_up(StepBack(), first=12, on=10),
    ],
    ids=["hold", "stop", "revoke", "warning sign", "draft"],
)
def test_what_breaks_in_the_middle_leaves_nothing_half_written(
    life: Life, act: Callable[[Life], object], where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything() -> list[object]:
        models = (Taper, TaperVersion, TaperHold, PrescriberAnswer, RedFlagReport, SigningRequest)
        rows: list[object] = [list(model.objects.order_by("pk").values()) for model in models]
        return [*rows, life.moves()]

    before = everything()
    monkeypatch.setattr(where, _breaks)
    with pytest.raises(RuntimeError, match="power"):
        act(life)
    assert everything() == before


def _breaks(*args: object, **kwargs: object) -> None:
    raise RuntimeError("The power failed.")


@pytest.mark.parametrize("where", STEPS_OF_A_MOVE)
def test_a_signature_that_breaks_in_the_middle_was_never_given(
    unsigned: Life, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, _breaks)
    with pytest.raises(RuntimeError, match="power"):
        unsigned.sign(-5)
    monkeypatch.undo()
    assert not Signature.objects.exists()
    assert not PrescriberAnswer.objects.exists()
    assert (unsigned.status, SigningRequest.objects.get().is_open) == ("awaiting-signature", True)
    unsigned.sign(-5)
    assert unsigned.status == "active"


def test_a_draft_that_breaks_in_the_middle_was_never_there(
    plan: Plan, angelas_draft: Draft, by: Actor, monkeypatch: pytest.MonkeyPatch, angela: Patient
) -> None:
    monkeypatch.setattr("patients.services.tapers.drawing_up.record", _breaks)
    with pytest.raises(RuntimeError, match="power"):
        save_draft(plan, angelas_draft, by=by, at=NOON)
    assert not Taper.objects.exists()
