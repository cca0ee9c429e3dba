"""Lines of the workspace’s first page: somebody who wants attention, why, and where to go."""

from dataclasses import dataclass

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One plan or taper and why it is here. offers: what may be done at once, each in words with its address."""

    patient: str
    code: str
    words: str
    address: str
    offers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """cut: that these are the first 100 of 105, where not everything is shown. all_at: the whole list, if any."""

    title: str
    lines: list[Line]
    cut: str = ""
    all_at: str = ""
