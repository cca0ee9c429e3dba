"""Orders that hang on a taper, and the history of orders: lived without fault, and found broken when they are."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from clinics.actor import for_system
from gutclinic.simulator.cast import TAPERS_EVERY, Cast
from gutclinic.simulator.evidence import Evidence, Rows
from gutclinic.simulator.run import run
from gutclinic.simulator.stories import TaperStory, of_tied_orders, steady
from gutclinic.simulator.taper_evidence import TiedState
from patients.models import Order, Plan
from patients.services.orders import following
from patients.services.orders.ordering import Ordering
from patients.services.safety import looking
from tests.simulator.breaking import broken, lived_through

SEED = 7
FOLLOWS, WHOLE = "what hangs on a taper follows it", "the history of an order is whole"


def lives(*stories: TaperStory, days: int) -> Evidence:
    cast = Cast((steady.left_alone,), stories, tapering=frozenset(range(TAPERS_EVERY)))
    return run(patients=len(stories), days=days, seed=SEED, cast=cast, by=for_system())


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Evidence]:
    """Both stories, without violations, with their database still there."""
    with lived_through(
        lambda: lives(of_tied_orders.takes_something_along, of_tied_orders.gives_up_what_goes_along, days=75),
        django_db_blocker,
    ) as evidence:
        yield evidence


def test_the_stories_were_lived(lived: Evidence) -> None:
    """All three kinds waited and had dates, and every move of an order was made; or nothing is tried."""
    seen = [(state.status, each) for states in lived.tapers.values() for state in states for each in state.tied]
    for kind in ("during", "while-watched", "after"):
        assert {each.first is None for _, each in seen if each.kind == kind} == {True, False}
    assert {"awaiting-signature", "active", "held", "watching", "stopped"} <= {status for status, _ in seen}
    moves = {line.move for line in Rows.read().transitions if line.order_id is not None}
    assert {"add", "change", "hold", "resume", "stop", "leave-out", "enter-in-error"} <= moves


@pytest.mark.parametrize("kind", ["during", "while-watched", "after"])
@pytest.mark.parametrize("which", ["first", "last"])
def test_a_day_that_does_not_follow_the_taper_is_found(seen: Evidence, kind: str, which: str) -> None:
    if (kind, which) == ("after", "last"):
        which = "after_days"

    def otherwise(tied: TiedState) -> TiedState:
        was: Any = getattr(tied, which)
        return replace(tied, **{which: was + (1 if which == "after_days" else timedelta(days=1))})

    for states in seen.tapers.values():
        for number, state in enumerate(states):
            if any(each.kind == kind and getattr(each, which) and each.first for each in state.tied):
                tied = tuple(otherwise(each) if each.kind == kind else each for each in state.tied)
                states[number] = replace(state, tied=tied)
                assert broken(seen) == {FOLLOWS}
                return
    pytest.fail("Nothing of this kind was seen.")


def test_something_that_begins_before_the_signature_is_found(seen: Evidence) -> None:
    for states in seen.tapers.values():
        number = next(number for number, state in enumerate(states) if state.tied and state.started_at is None)
        tied = tuple(replace(each, first=states[number].at.date()) for each in states[number].tied)
        states[number] = replace(states[number], tied=tied)
    assert broken(seen) == {FOLLOWS}


@pytest.mark.parametrize("how", ["dropped", "twice", "other move", "other status", "nobody"])
def test_a_line_that_does_not_fit_into_the_history_is_found(seen: Evidence, how: str) -> None:
    rows = Rows.read()
    number = next(number for number, line in enumerate(rows.transitions) if line.order_id and line.move == "hold")
    line = rows.transitions[number]
    match how:
        case "dropped":
            del rows.transitions[number]
        case "twice":
            rows.transitions.insert(number, line)
        case "other move":
            line.move = "resume"
        case "other status":
            line.to_status = "active"
        case "nobody":
            line.by_code = ""
    assert broken(seen, rows) == {WHOLE}


def test_a_standing_that_no_line_tells_of_is_found(seen: Evidence) -> None:
    Order.objects.filter(standing="entered-in-error").update(standing="open")
    assert WHOLE in broken(seen)


def what_hangs_on_a_taper_stays_where_it_was(patch: pytest.MonkeyPatch) -> None:
    """Once it has dates, no hold and no new version moves it."""
    follow = following.follow

    def only_once(order: Any, taper: Any, *, today: Any) -> None:
        if order.tied_from is None:
            follow(order, taper, today=today)

    patch.setattr(following, "follow", only_once)


def holds_are_not_written_down(patch: pytest.MonkeyPatch) -> None:
    note = Ordering.note

    def forget(self: Ordering, move: str, **said: Any) -> None:
        if move != "hold":
            note(self, move, **said)

    patch.setattr(Ordering, "note", forget)


@pytest.mark.parametrize(
    ("break_it", "invariants"),
    [(what_hangs_on_a_taper_stays_where_it_was, {FOLLOWS}), (holds_are_not_written_down, {WHOLE})],
    ids=lambda value: getattr(value, "__name__", "finds"),
)
@pytest.mark.django_db(transaction=True)
def test_broken_software_is_found(
    monkeypatch: pytest.MonkeyPatch, break_it: Callable[[pytest.MonkeyPatch], None], invariants: set[str]
) -> None:
    break_it(monkeypatch)
    assert invariants <= broken(lives(of_tied_orders.takes_something_along, days=50))


@pytest.mark.django_db(transaction=True)
def test_a_morning_look_that_breaks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes by itself: nobody in this run looks at what was found."""

    def breaks(plan: Plan, *, at: datetime) -> bool:
        raise LookupError

    monkeypatch.setattr(looking, "_look", breaks)
    evidence = run(
        patients=1, days=35, seed=SEED, cast=Cast((steady.left_alone,), tapering=frozenset()), by=for_system()
    )
    assert "the software holds" in broken(evidence)
