"""The sweep finds each taper on the day on which something has to happen, does it once, and says when to look again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clinics.actor import Actor, for_system
from clinics.models import Prescriber
from patients.actor import acting_patient
from patients.models import (
    ContactConsent,
    Door,
    Patient,
    Plan,
    PrescriberAnswerKind,
    SourceKind,
    Taper,
    UseKind,
)
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.sweeping import do_what_is_due
from patients.services.tapers import answering, looking_after
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose
from patients.services.tapers.revising import Extension, StepBack
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from tests.fixtures.lives import Life, day, forge, number_of
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, on_day


def looks_on(life: Life) -> int | None:
    """On which day of the taper the sweep is to look: at midnight in Berlin."""
    at = life.taper.looks_at
    if at is None:
        return None
    wall = at.astimezone(ZoneInfo("Europe/Berlin"))
    assert (wall.hour, wall.minute) == (0, 0)
    return number_of(wall.date())


@pytest.fixture
def in_short_steps(
    plan: Plan,
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    consent: ContactConsent,
    by: Actor,
    price: Actor,
    angela: Patient,
    sign_taper: Callable[..., Taper],
) -> Callable[..., Life]:
    """Signed in daily steps of 30, 20 and 10 mg, so many days each."""

    def make(*days: int) -> Life:
        doses = ["30 mg", "20 mg", "10 mg"]
        recipe: dict[str, Any] = {
            "method": "explicit",
            "steps": [
                {"pattern": "daily", "days": count, "take": [{"slot": "before-breakfast", "amount": dose}]}
                for count, dose in zip(days, doses, strict=True)
            ],
        }
        taper = save_draft(plan, replace(angelas_draft, recipe=recipe), by=by, at=NOON)
        propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
        sign_taper(taper)
        return Life(taper.code, cho=by, price=price, angela=acting_patient(angela))

    return make


# --- The days on which it looks -----------------------------------------------------------------------------


def test_it_looks_on_the_eve_and_the_last_day_of_each_step_after_the_end_and_after_twelve_weeks(life: Life) -> None:
    life_days = []
    for number in range(-6, 113 + 84 + 1):
        if number in {1, 29, 57, 85}:
            life.changes(number)
        if life.sweep(number):
            life_days.append(number)
    assert life_days == [0, 28, 56, 84, 112, 113, 113 + 84]
    assert (life.status, looks_on(life)) == ("completed", None)


def test_nothing_that_was_never_signed_is_looked_at(draft_taper: Taper) -> None:
    assert draft_taper.looks_at is None


def test_a_draft_beside_a_running_version_changes_no_day(life: Life) -> None:
    life.changes(1, 29)
    life.sweeps(28, 30)
    life.draw_up(Extension(7), first=45, on=40)
    assert looks_on(life) == 56


def test_a_later_version_is_looked_at_on_its_eve(life: Life) -> None:
    life.changes(1, 29)
    life.sweeps(28, 30)
    life.revise(StepBack(), first=45, on=40)
    assert looks_on(life) == 44
    life.sweep(44)
    assert looks_on(life) == 44 + 28


def test_held_nothing_happens_by_itself(life: Life) -> None:
    life.sweep(0)
    life.hold(10)
    assert looks_on(life) is None
    life.resume(15)
    assert looks_on(life) == 33


def test_a_request_that_waits_is_looked_at_even_while_it_is_held(life: Life) -> None:
    life.sweep(0)
    life.hold(10)
    life.draw_up(Extension(7), first=15, on=11)
    life.propose(11)
    assert looks_on(life) is None
    life.send(12)
    assert looks_on(life) == 12 + 21


# --- What a move on such a day must not do -------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda life: life.needs_rescue(28),
        lambda life: life.says(UseKind.NOT_YET, 28),
        lambda life: life.reports(28, "swallowing"),
        lambda life: life.draw_up(Extension(3), first=29, on=28),
    ],
    ids=["diary", "report", "warning sign", "draft"],
)
def test_whoever_writes_something_before_the_sweep_comes_takes_nothing_from_it(
    life: Life, act: Callable[[Life], object]
) -> None:
    """Half a minute after midnight, or while the clock stood still for hours: the last day is still decided upon."""
    life.sweeps(0, 27)
    act(life)
    life.sweep(28)
    assert life.status == "held"
    assert life.mg(29) == 20


def test_what_is_overdue_is_done_however_often_somebody_writes_meanwhile(life: Life) -> None:
    """No sweep for a week after the last step, and an entry in the diary each day."""
    life.changes(1, 29, 57, 85)
    life.sweeps(0, 112)
    for number in range(113, 120):
        life.needs_rescue(number)
    life.sweep(120)
    assert life.status == "watching"


# --- Late, and twice ----------------------------------------------------------------------------------------


def test_a_sweep_that_comes_late_rewrites_no_lived_day(life: Life) -> None:
    """Nobody answered, and nobody looked on day 28: the next step has begun, and the one after it waits."""
    before = life.all_mg(range(1, 32))
    life.sweep(31)
    assert (life.status, life.all_mg(range(1, 32))) == ("active", before)
    assert looks_on(life) == 56
    life.sweep(56)
    assert life.status == "held"


@pytest.mark.parametrize("late", [1, 5, 83])
def test_after_the_last_step_it_is_watched_however_late(life: Life, late: int) -> None:
    life.changes(1, 29, 57, 85)
    life.sweep(112)
    life.sweep(112 + late)
    assert (life.status, looks_on(life)) == ("watching", 113 + 84)


def test_later_than_all_of_it_both_are_done_and_written_down(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.sweep(112)
    life.sweep(250)
    assert life.moves()[-2:] == [("watch", "active", "watching"), ("complete", "watching", "completed")]
    assert (life.taper.end, life.taper.ended_on) == ("finished", day(250))


def test_swept_twice_on_one_day_it_is_done_once(life: Life) -> None:
    assert life.sweep(28) == 1
    lines = len(life.moves())
    assert life.sweep(28) == 0
    looking_after.look_after(life.taper, by=for_system(), at=on_day(28))
    assert len(life.moves()) == lines
    assert life.taper.versions.get().holds.count() == 1


def test_before_its_day_nothing_is_done(life: Life) -> None:
    looking_after.look_after(life.taper, by=for_system(), at=on_day(27))
    assert life.status == "active"


# --- The end ------------------------------------------------------------------------------------------------


def test_it_is_watched_for_84_days(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 112 + 84)
    assert life.status == "watching"
    life.sweep(113 + 84)
    assert (life.status, life.taper.end, life.taper.ended_on) == ("completed", "finished", day(113 + 84))


def test_while_a_version_waits_it_is_not_completed(life: Life) -> None:
    """A step back asked for in the last days of the twelve weeks is not taken away by the calendar."""
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 113)
    life.draw_up(StepBack(), first=195, on=190)
    life.propose(190)
    life.send(190)
    life.sweeps(190, 200)
    assert life.status == "watching"
    life.sign(200)
    assert (life.status, life.taper.versions.get(status="in-force").begins_on) == ("active", day(201))


def test_once_nothing_waits_any_more_it_is_completed(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 113)
    life.draw_up(StepBack(), first=195, on=190)
    life.propose(190)
    life.send(190)
    life.sweeps(190, 211)
    assert life.status == "completed"
    assert life.taper.versions.get(number=2).status == "expired"


def test_a_draft_nobody_sent_ends_with_it(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 113)
    life.draw_up(StepBack(), first=195, on=190)
    life.sweeps(190, 197)
    assert life.status == "completed"
    assert life.taper.versions.get(number=2).status == "withdrawn"


# --- A request that nobody answers --------------------------------------------------------------------------


def test_after_21_days_the_request_is_closed_and_the_medicine_stays(unsigned: Life) -> None:
    """Sent on day −6; the plan goes on and records that no taper was agreed."""
    unsigned.sweeps(-6, 14)
    assert unsigned.status == "awaiting-signature"
    unsigned.sweep(15)
    taper = unsigned.taper
    assert (taper.status, taper.end, taper.started_at) == ("stopped", "no-agreement", None)
    assert taper.versions.get().status == "expired"
    assert not taper.versions.get().requests.filter(closed_at__isnull=True).exists()
    assert taper.plan.status == "active"
    assert (unsigned.moves()[-1], looks_on(unsigned)) == (("stop", "awaiting-signature", "stopped"), None)


def test_a_prescriber_who_asked_for_a_call_is_not_said_to_have_been_silent(unsigned: Life, price: Actor) -> None:
    waiting = unsigned.taper.versions.get()
    answering.answer(
        unsigned.taper,
        kind=PrescriberAnswerKind.CALL_ME,
        text="After four.",
        door=Door.LINK,
        version_sha256=waiting.sha256,
        by=price,
        at=on_day(0),
    )
    unsigned.sweep(15)
    assert unsigned.status == "stopped"
    said = unsigned.taper.transitions.get(move="stop").reason
    assert said.startswith("The prescriber asked for a call, and nothing was agreed within 21 days.")


def test_the_days_count_from_the_first_request(unsigned: Life) -> None:
    unsigned.send(10)
    unsigned.sweep(15)
    assert unsigned.status == "stopped"


def test_what_was_proposed_and_never_sent_is_not_closed(draft_taper: Taper, by: Actor, price: Actor) -> None:
    version = draft_taper.versions.get()
    propose(draft_taper, shown=version.sha256, by=by, at=NOON, revision=draft_taper.revision)
    life = Life(draft_taper.code, cho=by, price=price, angela=by)
    looking_after.look_after(life.taper, by=for_system(), at=on_day(60))
    assert (life.status, looks_on(life)) == ("awaiting-signature", None)


# --- Short steps --------------------------------------------------------------------------------------------


def test_a_step_of_two_days_is_over_before_its_question_is_old(in_short_steps: Callable[..., Life]) -> None:
    """Asked for less than three days, she is not late: the second step begins, and its successor waits."""
    life = in_short_steps(2, 2, 10)
    life.sweeps(0, 3)
    assert (life.status, life.mg(3)) == ("active", 20)
    life.sweep(4)
    assert (life.status, life.mg(5)) == ("held", 20)


def test_answered_in_time_short_steps_go_on(in_short_steps: Callable[..., Life]) -> None:
    life = in_short_steps(2, 2, 10)
    life.changes(1)
    life.sweeps(0, 4)
    assert life.all_mg(range(1, 7)) == [30, 30, 20, 20, 10, 10]
    assert life.status == "active"


def test_a_step_of_three_days_goes_over_on_its_third(in_short_steps: Callable[..., Life]) -> None:
    life = in_short_steps(3, 28, 28)
    life.sweeps(0, 3)
    assert (life.status, life.mg(4)) == ("active", 20)


def test_a_step_of_four_days_waits_on_its_fourth(in_short_steps: Callable[..., Life]) -> None:
    life = in_short_steps(4, 28, 28)
    life.sweeps(0, 4)
    assert (life.status, life.mg(5)) == ("held", 30)


# --- Rows that break ----------------------------------------------------------------------------------------


def test_a_taper_whose_bytes_were_altered_stops_no_other(
    life: Life, activate_plan: Callable[..., Plan], ben: Patient, by: Actor, price: Actor, angelas_draft: Draft
) -> None:
    """It is reported each time until somebody clears it up; Ben’s request is closed all the same."""
    plan = activate_plan(ben)
    use = add_medicine(
        ben,
        medicine=angelas_draft.medicine,
        amount=Amount.parse("40 mg"),
        pattern="daily",
        times_of_day=[Slot.BEFORE_BREAKFAST],
        prescriber=angelas_draft.prescriber,
        source=Source(kind=SourceKind.PATIENT, as_of=TODAY),
        by=by,
        at=NOON,
    )
    draft = replace(angelas_draft, reduces=use, planned_first_day=FIRST_DAY)
    taper = save_draft(plan, draft, by=by, at=NOON)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    bens = Life(taper.code, cho=by, price=price, angela=acting_patient(ben))
    bens.send(-6, door=Door.CARRIED)
    forge(life)
    Taper.objects.filter(code=life.code).update(looks_at=on_day(0))
    with pytest.raises(ExceptionGroup):
        looking_after.look_after_tapers(by=for_system(), at=on_day(20))
    assert (bens.status, life.status) == ("stopped", "active")
    with pytest.raises(ExceptionGroup):
        do_what_is_due(by=for_system(), at=on_day(21))


def test_tapers_that_break_let_the_others_pass_and_are_looked_at_again_later(
    life: Life, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many broken ones as one round takes: the next round is for the others, and then it is their turn again."""
    monkeypatch.setattr(looking_after, "BATCH", 1)
    looked: list[str] = []

    def breaks(taper: Taper, **_: Any) -> bool:
        looked.append(taper.code)
        raise RuntimeError

    monkeypatch.setattr(looking_after, "look_after", breaks)
    other = Taper.objects.get(code=life.code)
    second = Taper.objects.create(
        plan=plan,
        reduces=other.reduces,
        medicine=other.medicine,
        prescriber=other.prescriber,
        status="stopped",
        looks_at=on_day(0) + timedelta(minutes=1),
        created_at=NOON,
        created_by_kind="staff",
        created_by_code="x",
    )
    Taper.objects.filter(code=life.code).update(looks_at=on_day(0))
    for minutes in (2, 3, 4, 16, 17):
        try:
            looking_after.look_after_tapers(by=for_system(), at=on_day(0) + timedelta(minutes=minutes))
        except ExceptionGroup:
            continue
    assert looked == [life.code, second.code, life.code]


def test_a_taper_moved_while_it_broke_keeps_the_instant_of_that_move(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_moved_and_breaks(taper: Taper, **_: Any) -> bool:
        Taper.objects.filter(pk=taper.pk).update(looks_at=on_day(28))
        raise RuntimeError

    monkeypatch.setattr(looking_after, "look_after", is_moved_and_breaks)
    Taper.objects.filter(code=life.code).update(looks_at=on_day(0))
    with pytest.raises(ExceptionGroup):
        looking_after.look_after_tapers(by=for_system(), at=on_day(0))
    assert life.taper.looks_at == on_day(28)


def test_what_was_altered_may_still_be_stopped_and_revoked(life: Life) -> None:
    forge(life)
    life.revoke(10)
    assert (life.status, life.taper.instruction) == ("stopped", "Take 20 mg daily.")


def test_the_sweep_does_plans_and_tapers(life: Life) -> None:
    do_what_is_due(by=for_system(), at=datetime(2027, 2, 6, 23, 0, tzinfo=UTC))
    assert life.status == "held"
