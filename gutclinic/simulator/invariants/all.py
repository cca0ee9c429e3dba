"""Every invariant, in the order of the report."""

from collections.abc import Callable, Iterator
from typing import Final

from gutclinic.simulator.evidence import Evidence, Rows
from gutclinic.simulator.invariants import dates, envelopes, moves, reminders, sending, starts, statuses, steady
from gutclinic.simulator.invariants.seen import Seen, Violation

Invariant = Callable[[Seen], Iterator[Violation]]

INVARIANTS: Final[tuple[Invariant, ...]] = (
    statuses.software_holds,
    statuses.one_running_plan,
    statuses.history_is_whole,
    statuses.changes_are_recorded,
    statuses.refusals_change_nothing,
    dates.lived_days_stay,
    dates.planned_dates_follow,
    dates.open_phases_last_their_days,
    dates.nothing_is_planned_into_the_past,
    dates.starts_are_scheduled,
    starts.phases_start_on_their_day,
    starts.nothing_stays_due,
    moves.acts_move_what_they_should,
    reminders.keys_say_what_is_owed,
    reminders.nothing_is_lost,
    reminders.every_outcome_has_its_cause,
    reminders.what_is_called_for_is_owed,
    sending.nothing_goes_twice,
    sending.nothing_goes_at_night,
    sending.everything_goes_on_its_day,
    sending.everything_is_true_when_it_goes,
    envelopes.envelopes_keep_their_set,
    envelopes.staff_get_one_message_a_day,
    envelopes.words_are_neutral,
    envelopes.attempts_are_written,
    steady.steady_plans_owe_exactly_this,
)


def judge(evidence: Evidence, rows: Rows) -> list[Violation]:
    """Everything that was broken, always in the same order."""
    seen = Seen(evidence, rows)
    return sorted(violation for invariant in INVARIANTS for violation in invariant(seen))
