"""What happens to the patients of a run: who is given which story."""

from typing import Final

from gutclinic.simulator.stories import (
    of_orders,
    of_people,
    of_plans,
    of_taper_papers,
    of_tapers,
    of_tied_orders,
    steady,
)
from gutclinic.simulator.stories.opening import Story
from gutclinic.simulator.stories.taper_opening import TaperStory

__all__ = ["MOVING", "STEADY", "STORIES", "TAPER_STORIES", "Story", "TaperStory"]

# Handed out in turn. Those that leave a plan as it is stand between the others.
STORIES: Final[tuple[Story, ...]] = (
    steady.left_alone,
    steady.by_the_book,
    of_people.anything_goes,
    of_people.travels,
    steady.half_way,
    of_plans.rests,
    of_plans.is_quick,
    steady.by_the_book,
    of_plans.rests_in_one_phase,
    steady.left_alone,
    of_people.anything_goes,
    of_plans.is_slow,
    of_plans.takes_longer,
    of_plans.leaves_out,
    steady.by_the_book,
    of_plans.is_impatient,
    of_people.changes_habits,
    of_people.withdraws_consent,
    steady.half_way,
    of_plans.stops,
    of_plans.finishes,
    steady.left_alone,
    of_plans.stays_a_draft,
    of_plans.wants_two_plans,
    of_people.anything_goes,
    of_people.travels,
    steady.by_the_book,
    of_orders.takes_something_more,
    of_orders.is_warned,
)
STEADY: Final = frozenset({steady.left_alone, steady.half_way, steady.by_the_book})

# Handed out in turn to those who come off a medicine, beside what happens to their plan.
TAPER_STORIES: Final[tuple[TaperStory, ...]] = (
    of_tapers.silent,
    of_tapers.drawn_up_anew,
    of_tapers.needs_rescue,
    of_taper_papers.by_telephone,
    of_tapers.notices_a_warning_sign,
    of_taper_papers.asked_questions,
    of_tapers.leaves_the_schedule,
    of_taper_papers.never_answered,
    of_tapers.anything_goes,
    of_tapers.by_the_book,
    of_tied_orders.takes_something_along,
    of_tapers.held_and_resumed,
    of_tapers.taken_along,
    of_taper_papers.not_her_patient,
    of_taper_papers.edited,
    of_tapers.takes_something_else,
    of_tapers.ended_early,
    of_tapers.back_after_the_last_step,
    of_tapers.anything_goes,
    of_taper_papers.declined,
    of_taper_papers.slowly_signed,
    of_taper_papers.signed_too_late,
    of_tied_orders.gives_up_what_goes_along,
)
# What also moves the patient to another zone, and with her whatever her plan owes, or ends the plan.
MOVING: Final = frozenset({of_tapers.taken_along, of_tapers.ended_early})
