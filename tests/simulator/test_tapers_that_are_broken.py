"""The run finds faults in how tapers are looked after: each is broken on purpose, and what it broke is named."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clinics.actor import for_system
from gutclinic.simulator.cast import TAPERS_EVERY, Cast
from gutclinic.simulator.evidence import Rows
from gutclinic.simulator.invariants.all import judge
from gutclinic.simulator.run import run
from gutclinic.simulator.stories import TaperStory, of_taper_papers, of_tapers, steady
from patients.models import HoldReason, TaperVersion, taper_course
from patients.reminders.taper_subject import TaperSubject
from patients.services.tapers import holding, looking, looking_after, signing, tapering, using, waiting
from patients.services.tapers.errors import HoldTooLong
from patients.services.tapers.tapering import Tapering
from protocols.domain.terms import Terms

Break = Callable[[pytest.MonkeyPatch], None]


def silence_is_a_yes(patch: pytest.MonkeyPatch) -> None:
    """The next step begins although nobody knows what she takes."""
    patch.setattr(waiting, "_use_is_settled", lambda move: True)


def no_paper_is_waited_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(waiting, "confirmation_is_missing", lambda version, on: False)


def holds_last_for_ever(patch: pytest.MonkeyPatch) -> None:
    """What was held for more than 28 days goes on without a new signature."""
    stays_because = holding._stays_because

    def ignore_the_days(move: Any, held: Any) -> Any:
        refusal = stays_because(move, held)
        return None if isinstance(refusal, HoldTooLong) else refusal

    patch.setattr(holding, "_stays_because", ignore_the_days)


def steps_that_she_left_are_announced(patch: pytest.MonkeyPatch) -> None:
    """Nothing waits for her word either: held on the eve, a step would be announced by nothing."""
    patch.setattr(TaperSubject, "was_left", lambda subject, version: False)
    patch.setattr(waiting, "_use_is_settled", lambda move: True)


def what_is_held_counts_from_its_resume(patch: pytest.MonkeyPatch) -> None:
    """A version that goes on begins anew with its first, higher dose."""
    close_hold = Tapering.close_hold

    def begin_anew(self: Tapering, *, on: Any = None) -> int:
        held = self.open_hold
        days = close_hold(self, on=on)
        if held is not None and on is None:
            TaperVersion.objects.filter(pk=held.version_id).update(first_day=self.today)
            self.reload()
        return days

    patch.setattr(tapering.Tapering, "close_hold", begin_anew)


def nothing_is_closed(patch: pytest.MonkeyPatch) -> None:
    """A request that nobody answers stays open after 21 days."""
    for module in (looking, looking_after):
        patch.setattr(module, "unanswered_until", lambda version: None)


def signatures_are_never_too_late(patch: pytest.MonkeyPatch) -> None:
    agreed_terms = signing.agreed_terms

    def agree(move: Tapering, version: TaperVersion, agreement: Any) -> Terms:
        # Signed on the eve of the latest first day, day one is that day.
        today, move.today = move.today, min(move.today, version.terms().latest_first_day - timedelta(days=1))
        try:
            return agreed_terms(move, version, agreement)
        finally:
            move.today = today

    patch.setattr(signing, "agreed_terms", agree)


def unknown_gates_are_passed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signing, "require_gates", lambda gates: None)


def holds_need_no_permission(patch: pytest.MonkeyPatch) -> None:
    def hold_anyway(move: Tapering, *, at_red_flag: bool) -> bool:
        return move.taper.status == "active" and move.current is not None

    patch.setattr(using, "_may_hold", hold_anyway)


def the_proposal_is_followed(patch: pytest.MonkeyPatch) -> None:
    """What counts is the version that was put before the prescriber, who changed it and signed another."""
    patch.setattr(
        taper_course, "signed_terms", lambda version: version.taper.versions.order_by("number").first().terms()
    )


def the_last_step_never_ends(patch: pytest.MonkeyPatch) -> None:
    """The sweep holds what should wait, and forgets to say that the steps are over."""

    def only_wait(move: Tapering) -> None:
        reason: HoldReason | None = looking_after.reason_to_wait(move)
        if reason is not None:
            looking_after.begin_hold(move, reason)

    patch.setattr(looking_after, "_wait_or_watch", only_wait)


@pytest.mark.parametrize(
    ("break_it", "story", "days", "invariants"),
    [
        (silence_is_a_yes, of_tapers.silent, 45, {"no step begins in the dark"}),
        (no_paper_is_waited_for, of_taper_papers.by_telephone, 60, {"the paper comes before a step"}),
        (holds_last_for_ever, of_tapers.silent, 110, {"nothing goes on too early"}),
        (
            steps_that_she_left_are_announced,
            of_tapers.leaves_the_schedule,
            60,
            {"everything is true when it goes"},
        ),
        (what_is_held_counts_from_its_resume, of_tapers.held_and_resumed, 60, {"lived days of tapers stay"}),
        (nothing_is_closed, of_taper_papers.never_answered, 55, {"tapers go on by themselves"}),
        (signatures_are_never_too_late, of_taper_papers.signed_too_late, 65, {"versions begin where they should"}),
        (unknown_gates_are_passed, of_taper_papers.asked_questions, 40, {"no unknown stop is passed"}),
        (holds_need_no_permission, of_tapers.needs_rescue, 60, {"holds were permitted"}),
        (the_proposal_is_followed, of_taper_papers.edited, 40, {"the course is as signed"}),
        (the_last_step_never_ends, of_tapers.back_after_the_last_step, 60, {"tapers go on by themselves"}),
    ],
    ids=lambda value: getattr(value, "__name__", "finds"),
)
@pytest.mark.django_db(transaction=True)
def test_a_broken_taper_is_found(
    monkeypatch: pytest.MonkeyPatch, break_it: Break, story: TaperStory, days: int, invariants: set[str]
) -> None:
    break_it(monkeypatch)
    cast = Cast((steady.left_alone,), (story,), tapering=frozenset(range(TAPERS_EVERY)))
    evidence = run(patients=1, days=days, seed=7, cast=cast, by=for_system())
    found = {violation.invariant for violation in judge(evidence, Rows.read())}
    assert invariants <= found
