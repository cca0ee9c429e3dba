"""Who plays what: the stories that are handed out in a run, and who comes off a medicine in it."""

from dataclasses import dataclass
from typing import Final

from gutclinic.simulator.stories import STORIES, TAPER_STORIES, Story, TaperStory

# Two of so many patients in a row come off a medicine.
TAPERS_EVERY: Final = 5


@dataclass(frozen=True, slots=True)
class Cast:
    """Stories of plans and of tapers, each handed out in turn.

    tapering: of five patients in a row, by the number that is left over, those who come off a medicine.
    """

    stories: tuple[Story, ...] = STORIES
    taper_stories: tuple[TaperStory, ...] = TAPER_STORIES
    tapering: frozenset[int] = frozenset({1, 3})

    def story(self, number: int) -> Story:
        """What happens to the plan of the patient with this number, from 1 on."""
        return self.stories[(number - 1) % len(self.stories)]

    def taper_story(self, place: int) -> TaperStory:
        """What happens to the taper at this place, from 0 on, among those that are drawn up."""
        return self.taper_stories[place % len(self.taper_stories)]

    def tapers(self, number: int) -> bool:
        return number % TAPERS_EVERY in self.tapering


EVERYBODY: Final = Cast()
