"""A move that is legal now, and where it is confirmed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """about: what it moves, for whoever hears the button and does not see the row it stands in."""

    words: str
    address: str
    is_first: bool
    is_grave: bool
    about: str
