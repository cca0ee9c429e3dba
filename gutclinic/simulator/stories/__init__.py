"""What happens to the patients of a run: who is given which story."""

from typing import Final

from gutclinic.simulator.stories import of_people, of_plans, steady
from gutclinic.simulator.stories.opening import Story

__all__ = ["STEADY", "STORIES", "Story"]

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
)
STEADY: Final = frozenset({steady.left_alone, steady.half_way, steady.by_the_book})
