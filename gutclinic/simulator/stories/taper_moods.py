"""One act about a taper drawn by lot, with arguments drawn by lot."""

from collections.abc import Callable
from typing import Final

from gutclinic.simulator import taper_days, taper_moves, taper_papers
from gutclinic.simulator.taper_life import TaperLife
from patients.models import Door, PrescriberAnswerKind, TaperEnd, UseKind
from protocols.domain.medicines import MedicineClass
from protocols.domain.red_flags import RED_FLAGS

Mood = Callable[[TaperLife], bool]


def _say(life: TaperLife) -> bool:
    return taper_days.say(life, life.rng.choice(list(UseKind)), days_ago=life.rng.choice((0, 0, 1, 3)))


def _write(life: TaperLife) -> bool:
    rng = life.rng
    doses = rng.choice((None, 0, 1, 1, 3))
    return taper_days.write(life, symptoms=rng.choice((None, 0, 3, 8)), rescue_doses=doses, days_ago=rng.choice((0, 2)))


def _notice(life: TaperLife) -> bool:
    return taper_days.notice(life, life.rng.choice(list(RED_FLAGS)))


def _besides(life: TaperLife) -> bool:
    return taper_days.take_besides(life, life.rng.choice((MedicineClass.NSAID, MedicineClass.CORTICOSTEROID)))


def _count(life: TaperLife) -> bool:
    return taper_days.count_units(life, life.rng.choice(("10 mg", "20 mg")), life.rng.randint(1, 40))


def _hold(life: TaperLife) -> bool:
    return taper_moves.hold(life, by_prescriber=life.rng.random() < 0.4)


def _resume(life: TaperLife) -> bool:
    return taper_moves.resume(life, by_prescriber=life.rng.random() < 0.5)


def _extend(life: TaperLife) -> bool:
    return taper_moves.extend(life, days=life.rng.randint(1, 12), in_days=life.rng.randint(0, 9))


def _step_back(life: TaperLife) -> bool:
    return taper_moves.step_back(life, in_days=life.rng.randint(0, 9))


def _propose_and_send(life: TaperLife) -> bool:
    return taper_papers.propose(life) and taper_papers.send(life, life.rng.choice(list(Door)))


def _agree(life: TaperLife) -> bool:
    return taper_papers.agree(life, life.rng.choice(list(Door)))


def _answer(life: TaperLife) -> bool:
    kinds = (PrescriberAnswerKind.DECLINE, PrescriberAnswerKind.NOT_MY_PATIENT, PrescriberAnswerKind.CALL_ME)
    return taper_papers.answer(life, life.rng.choice(kinds), life.rng.choice((Door.LINK, Door.FAX_OR_LETTER)))


def _end(life: TaperLife) -> bool:
    """Seldom: it ends the story."""
    if life.rng.random() < 0.7:
        return False
    return life.rng.choice((taper_moves.revoke, lambda life: taper_moves.stop(life, TaperEnd.SYMPTOMS)))(life)


MOODS: Final[tuple[Mood, ...]] = (
    *(_say, _say, _say, _write, _write, _notice, taper_days.clear, taper_days.clear, _count),
    *(_besides, taper_days.not_besides),
    *(_hold, _hold, _resume, _resume, _resume, _extend, _step_back, _propose_and_send, _propose_and_send, _agree),
    *(_agree, _agree, _answer, taper_papers.confirm_in_writing, taper_papers.withdraw, _end),
)


def anything(life: TaperLife) -> bool:
    """Do one thing, legal or not; whether it was done."""
    return life.rng.choice(MOODS)(life)
