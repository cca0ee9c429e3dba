"""A rehearsal of a move shows exactly what the move then does, and leaves nothing behind."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from clinics.actor import Actor
from patients.models import Door, Message, Reminder, Taper, TaperEnd, TaperHold, TaperVersion, Transition
from patients.models.taper_course import course_of
from patients.services.errors import TaperChanged
from patients.services.tapers import holding, revising, stopping
from patients.services.tapers.rehearsal import rehearse_taper
from patients.services.tapers.requesting import propose, send
from protocols.domain.taper_moves import Effect
from tests.fixtures.tapers import FIRST_DAY, on_day

TABLES = [Taper, TaperVersion, TaperHold, Transition, Reminder, Message]


def everything() -> list[list[Any]]:
    return [list(model.objects.order_by("pk").values_list()) for model in TABLES]


def hold(taper: Taper, by: Actor, at: datetime) -> Callable[[], object]:
    return partial(holding.hold, taper, reason="Travelling", by=by, at=at, revision=taper.revision)


def resume(taper: Taper, by: Actor, at: datetime) -> Callable[[], object]:
    return partial(holding.resume, taper, by=by, at=at, revision=taper.revision)


def stop(taper: Taper, by: Actor, at: datetime) -> Callable[[], object]:
    return partial(
        stopping.stop, taper, end=TaperEnd.SYMPTOMS, instruction="Call us.", by=by, at=at, revision=taper.revision
    )


def require_as_shown(taper: Taper, move: Callable[[], object]) -> Any:
    before = everything()
    shown = rehearse_taper(taper, move)
    assert everything() == before
    move()
    after = Taper.objects.get(pk=taper.pk)
    assert course_of(after) == shown.after
    assert after.status == shown.status_after
    return shown


@pytest.mark.parametrize("day", [-2, 1, 10, 28, 29, 60, 112])
def test_a_hold_and_its_end_come_out_as_shown(taper: Taper, by: Actor, day: int) -> None:
    shown = require_as_shown(taper, hold(taper, by, on_day(day)))
    effects = {each.effect for each in shown.differences}
    assert effects <= {Effect.LENGTHENED, Effect.WAITING}
    assert shown.after.ends_on is None
    taper = Taper.objects.get(pk=taper.pk)
    back = require_as_shown(taper, resume(taper, by, on_day(day + 5)))
    later = 5 if day >= 1 else max(0, day + 5 - 1)
    assert back.after.ends_on == FIRST_DAY + timedelta(days=111 + later)


@pytest.mark.parametrize("day", [-2, 1, 40, 112])
def test_stopping_comes_out_as_shown(taper: Taper, by: Actor, day: int) -> None:
    shown = require_as_shown(taper, stop(taper, by, on_day(day)))
    assert shown.status_after == "stopped"
    gone = [each for each in shown.differences if each.effect is Effect.REMOVED]
    assert len(gone) == 4 - len(shown.after.steps)


def test_over_two_versions_too(taper: Taper, by: Actor, sign_taper: Callable[..., Taper]) -> None:
    version = revising.draw_up_revision(
        taper,
        revising.StepBack(),
        first_day=on_day(41).date(),
        reason="Symptoms came back.",
        by=by,
        at=on_day(38),
        on_screen=taper.revision,
    )
    taper.refresh_from_db()
    propose(taper, shown=version.sha256, by=by, at=on_day(38), revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.LINK, by=by, at=on_day(38), revision=taper.revision)
    taper = sign_taper(taper, at=on_day(39))
    # Held under the first version, while the second one is signed already.
    shown = require_as_shown(taper, hold(taper, by, on_day(40)))
    assert [each.effect for each in shown.differences] == [Effect.LENGTHENED, *[Effect.WAITING] * 4]
    taper = Taper.objects.get(pk=taper.pk)
    shown = require_as_shown(taper, resume(taper, by, on_day(43)))
    assert Effect.REMOVED not in {each.effect for each in shown.differences}


def test_equal_outcomes_have_equal_fingerprints(taper: Taper, by: Actor) -> None:
    first, second = (rehearse_taper(taper, hold(taper, by, on_day(10))) for _ in range(2))
    assert first.fingerprint == second.fingerprint
    others = {rehearse_taper(taper, move(taper, by, on_day(40))).fingerprint for move in (hold, stop)}
    assert len(others | {first.fingerprint}) == 3


def test_what_the_move_refuses_the_rehearsal_refuses(taper: Taper, by: Actor) -> None:
    before = everything()
    stale = partial(holding.hold, taper, reason="?", by=by, at=on_day(3), revision=99)
    with pytest.raises(TaperChanged):
        rehearse_taper(taper, stale)
    assert everything() == before
