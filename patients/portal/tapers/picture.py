"""What is taken at one time of day, as a small drawing: each unit once, with its strength below.

Only places are computed here; `portal/taper/_picture.html` draws them. It shows numbers and shapes, no real colours:
the same medicine looks different from every maker.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from protocols.domain.dose_words import noun, strength_in_words, taken_in_words
from protocols.domain.product import Units

PLACE_WIDTH = 60
ROW_HEIGHT = 50
IN_A_ROW = 5
MOST_DRAWN = 10
"""More than these are told by a number beside one of them."""
_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Piece:
    """One unit: x and y are the middle of its place. times: “× 12” where it stands for many."""

    kind: str
    x: int
    y: int
    strength: str
    is_half: bool = False
    times: str = ""

    @property
    def label_y(self) -> int:
        return self.y + 27


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    pieces: list[Piece]
    words: str


def picture_of(units: Sequence[Units], form: str) -> Picture:
    """form: in words, as the signed terms hold it."""
    drawn = [drawing for each in units for drawing in _pieces(each, form)]
    pieces = [
        Piece(
            kind=kind,
            x=PLACE_WIDTH * (place % IN_A_ROW) + PLACE_WIDTH // 2,
            y=ROW_HEIGHT * (place // IN_A_ROW) + 17,
            strength=strength,
            is_half=is_half,
            times=times,
        )
        for place, (kind, strength, is_half, times) in enumerate(drawn)
    ]
    rows = -(-len(pieces) // IN_A_ROW)
    return Picture(
        width=PLACE_WIDTH * min(len(pieces), IN_A_ROW),
        height=ROW_HEIGHT * rows,
        pieces=pieces,
        words=taken_in_words(units, form),
    )


def _pieces(units: Units, form: str) -> list[tuple[str, str, bool, str]]:
    strength = strength_in_words(units)
    if units.per_ml:
        return [("liquid", f"{units.count:f} mL", False, "")]
    kind = noun(units.form or form, one=True)
    wholes, is_many = int(units.count), units.count > MOST_DRAWN
    pieces = [(kind, strength, False, f"× {wholes}" if is_many else "")] * (1 if is_many else wholes)
    return [*pieces, *([(kind, strength, True, "")] if units.count % 1 == _HALF else [])]
