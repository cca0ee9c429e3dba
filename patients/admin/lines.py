"""Lines of the workspace’s first page: somebody who wants attention, why, and where to go."""

from dataclasses import dataclass

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One plan or taper and why it is here."""

    patient: str
    code: str
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """cut: that these are the first 100 of 105, where not everything is shown. all_at: the whole list, if any."""

    title: str
    lines: list[Line]
    cut: str = ""
    all_at: str = ""
