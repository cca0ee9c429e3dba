"""What the drawing of a taper is made of: its places, in whole units of a drawing 360 wide."""

from dataclasses import dataclass

WIDTH = 360
TOP, FLOOR, HEIGHT = 46, 200, 222
HERE_HALF_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Plateau:
    """One step from x to x_end at the height y. link: where its place in the table is, if it is wide enough."""

    number: int
    x: int
    x_end: int
    y: int
    amount: str
    pattern: str
    words: str
    link: str

    @property
    def width(self) -> int:
        return self.x_end - self.x

    @property
    def amount_y(self) -> int:
        return self.y - (22 if self.pattern else 8)

    @property
    def pattern_y(self) -> int:
        return self.y - 8


@dataclass(frozen=True, slots=True)
class Curve:
    """before: the line of what was taken before. lived, coming: the path up to today and from today on."""

    plateaus: list[Plateau]
    before: str
    before_label: str
    before_y: int
    lived: str
    coming: str
    open_end: int | None
    months: list[tuple[int, str]]
    here_x: int | None
    here_y: int
    description: str
    width: int = WIDTH
    height: int = HEIGHT
    floor: int = FLOOR

    @property
    def dots(self) -> list[int]:
        """Where the three dots of a step without an end stand; none where it has one."""
        return [] if self.open_end is None else [self.open_end + 7 * number for number in (1, 2, 3)]

    @property
    def dots_y(self) -> int:
        return self.plateaus[-1].y

    @property
    def here_label_x(self) -> int | None:
        """The middle of “You are here”, kept inside the drawing."""
        if self.here_x is None:
            return None
        return min(max(self.here_x, HERE_HALF_WIDTH), WIDTH - HERE_HALF_WIDTH)
