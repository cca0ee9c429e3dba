"""She has stopped before the last step: no step comes any more, and the twelve weeks begin without anything ordered."""

import pytest

from patients.models import UseKind
from patients.reminders.taper_subject import subjects_of
from patients.services.errors import Refused
from patients.services.tapers import stopping
from patients.services.tapers.last_dose import last_dose_of
from patients.services.tapers.revising import StepBack
from protocols.domain.taper_states import IllegalTaperMove
from tests.fixtures.lives import Life, day
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import days


def watch(life: Life, number: int) -> None:
    taper = life.taper
    stopping.watch_from_now(taper, by=life.cho, at=on_day(number), revision=taper.revision)


def test_no_step_comes_any_more_and_it_is_watched_for_twelve_weeks(life: Life) -> None:
    life.changes(1)
    life.says(UseKind.STOPPED, 30)
    watch(life, 33)
    assert life.status == "watching"
    assert (life.mg(32), life.mg(33), life.mg(57)) == (10, 0, 0)
    life.sweeps(33, 32 + 84)
    assert life.status == "watching"
    life.sweep(32 + 85)
    assert (life.status, life.taper.end) == ("completed", "finished")


def test_reviews_count_from_then_and_rebound_from_her_day(life: Life) -> None:
    life.changes(1)
    life.says(UseKind.STOPPED, 30)
    watch(life, 33)
    assert days(life.taper, "taper-review", "patient") == [32 + 28, 32 + 84]
    taper = life.taper
    last = last_dose_of(taper, subjects_of([taper])[taper.pk].course, today=day(40))
    assert last is not None
    assert last.on == day(29)


def test_what_was_held_because_nobody_knew_is_held_no_more(life: Life) -> None:
    life.sweep(28)
    assert life.status == "held"
    life.says(UseKind.STOPPED, 40)
    watch(life, 41)
    assert (life.status, life.taper.open_hold) == ("watching", None)
    assert life.mg(40) == 20


def test_a_step_back_may_be_signed_afterwards(life: Life) -> None:
    life.changes(1)
    life.says(UseKind.STOPPED, 30)
    watch(life, 33)
    life.revise(StepBack(), first=45, on=40)
    assert life.status == "active"
    assert life.mg(45) == 20


def test_without_her_word_it_is_refused(life: Life) -> None:
    life.changes(1)
    with pytest.raises(Refused, match="has not said that she stopped"):
        watch(life, 33)
    life.says(UseKind.FASTER, 33)
    with pytest.raises(Refused, match="has not said that she stopped"):
        watch(life, 34)
    assert life.status == "active"


def test_on_its_first_day_there_is_nothing_to_watch_after(life: Life) -> None:
    life.says(UseKind.STOPPED, 1)
    with pytest.raises(Refused, match="Stop the taper instead"):
        watch(life, 1)
    assert life.status == "active"


def test_it_is_watched_once(life: Life) -> None:
    life.says(UseKind.STOPPED, 5)
    watch(life, 6)
    with pytest.raises(IllegalTaperMove):
        watch(life, 7)
