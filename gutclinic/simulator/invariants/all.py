"""Every invariant, in the order of the report."""

from collections.abc import Callable, Iterator
from typing import Final

from gutclinic.simulator.evidence import Evidence, Rows
from gutclinic.simulator.invariants import (
    at_home,
    dates,
    envelopes,
    moves,
    order_history,
    order_transitions,
    orders,
    reminders,
    sending,
    starts,
    statuses,
    steady,
    taper_reminders,
    taper_signing,
    taper_statuses,
    taper_waiting,
    tapers,
    tied_orders,
)
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
    at_home.what_homes_call_for_is_owed,
    sending.nothing_goes_twice,
    sending.nothing_goes_at_night,
    sending.alerts_travel_alone,
    sending.everything_goes_on_its_day,
    sending.everything_is_true_when_it_goes,
    envelopes.envelopes_keep_their_set,
    envelopes.staff_get_one_message_a_day,
    envelopes.words_are_neutral,
    envelopes.attempts_are_written,
    steady.steady_plans_owe_exactly_this,
    orders.what_is_stopped_is_not_due,
    orders.one_version_counts_a_day,
    orders.every_dose_stands_once,
    orders.hours_are_kept,
    orders.findings_are_what_the_rules_say,
    orders.nothing_is_asked_twice,
    orders.doses_count_once,
    order_history.versions_follow_one_another,
    order_transitions.order_history_is_whole,
    tied_orders.tied_orders_follow_their_taper,
    tapers.lived_days_of_tapers_stay,
    tapers.the_course_is_as_signed,
    tapers.no_dose_rises_unsigned,
    taper_waiting.no_step_begins_in_the_dark,
    taper_waiting.paper_comes_before_a_step,
    taper_statuses.taper_history_is_whole,
    taper_statuses.changes_of_tapers_are_recorded,
    taper_statuses.refusals_change_nothing_of_tapers,
    taper_statuses.one_version_counts,
    taper_statuses.plans_stay_open_with_their_tapers,
    taper_statuses.tapers_go_on_by_themselves,
    taper_signing.signed_bytes_stay,
    taper_signing.no_unknown_stop_is_passed,
    taper_signing.versions_begin_where_they_should,
    taper_signing.holds_were_permitted,
    taper_signing.nothing_goes_on_too_early,
    taper_reminders.what_tapers_call_for_is_owed,
    taper_reminders.nobody_hears_before_the_signature,
    taper_reminders.links_lead_to_what_the_message_is_about,
)


def judge(evidence: Evidence, rows: Rows) -> list[Violation]:
    """Everything that was broken, always in the same order."""
    seen = Seen(evidence, rows)
    return sorted(violation for invariant in INVARIANTS for violation in invariant(seen))
