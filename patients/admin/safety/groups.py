"""Findings grouped by the substances they share, so that twelve sentences about magnesium are read as one matter."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from patients.admin.safety.words import Shown, capital

CHANGES: Final = "One change at a time"
"""What changes too soon after something else shares no substance with it."""


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings that name this substance, the gravest first. kept: hours apart that the timetable keeps."""

    title: str
    findings: list[Shown]
    kept: list[Shown]


def grouped(findings: Sequence[Shown]) -> list[FindingGroup]:
    """Each finding once: under the substance that most of what is left shares; of two, the one with graver findings.

    The gravest group stands first.
    """
    left = list(findings)
    groups: list[FindingGroup] = []
    while left:
        names = Counter(name for each in left for name in dict.fromkeys(_keys(each)))
        gravest = {name: min(each.rank for each in left if name in _keys(each)) for name in names}
        title = min(names, key=lambda name: (-names[name], gravest[name], name))
        own = sorted(
            (each for each in left if title in _keys(each)), key=lambda each: (each.rank, each.rule, each.about)
        )
        left = [each for each in left if title not in _keys(each)]
        groups.append(
            FindingGroup(title, [each for each in own if not each.is_kept], [each for each in own if each.is_kept])
        )
    return sorted(groups, key=_weight)


def _keys(finding: Shown) -> tuple[str, ...]:
    if finding.is_of_changes:
        return (CHANGES,)
    return tuple(capital(name) for name in finding.names) or finding.conditions or ("Other",)


def _weight(group: FindingGroup) -> tuple[bool, int, int, str]:
    """What nobody has to read stands last."""
    open_ranks = [each.rank for each in group.findings]
    return (not open_ranks, min(open_ranks, default=0), -len(open_ranks), group.title)
