"""One change at a time: what comes too close together in the days ahead, as findings to be known.

It says nothing of anybody’s safety, so it stops nothing and waits for nobody. One finding for each group of changes. It
stays the same while the last of them stays as far from the one before it: what has begun by then drops out in front,
and what joins in between is asked about again like anything new in a finding.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from patients.models import Plan
from patients.services.orders.changes_ahead import ChangesAhead, PlanClash, changes_ahead
from patients.services.orders.clash_words import clash_words
from patients.services.safety.judging import Judged, Standing
from patients.services.safety.reading import TakenRows
from protocols.domain.safety import Found
from protocols.domain.safety_rules import Severity
from protocols.domain.sources import Mark

ONE_CHANGE: Final = "ONE-CHANGE"
VERSION: Final = 1
WHY: Final = "A reaction would not point at its cause."
CITE: Final = "gutclinic’s own rule: three days from one change to the next, as foods are brought back one by one"


def with_clashes(judged: Judged, plan: Plan, rows: TakenRows, *, today: date) -> Judged:
    """The same, with what comes too close together in this stored plan. What was judged of it before is replaced.

    rows: of the plan, as they stand now.
    """
    others = [standing for standing in judged.standing if standing.found.rule != ONE_CHANGE]
    return replace(judged, standing=(*others, *_standing(plan, rows, today=today)))


def _standing(plan: Plan, rows: TakenRows, *, today: date) -> Iterator[Standing]:
    ahead = changes_ahead(plan, on=today, rows=rows)
    said: Counter[str] = Counter()
    # From the last one on: what is past drops out in front, and what stays keeps its key.
    for clash in reversed(ahead.clashes):
        subjects = tuple(dict.fromkeys(ahead.subjects[change.code] for change in clash.changes))
        found = Found(
            rule=ONE_CHANGE,
            part="main",
            severity=Severity.INFO,
            about=tuple(dict.fromkeys(change.label for change in clash.changes)),
            codes=subjects,
            stops=(),
            text=f"{clash_words(clash)} {WHY}",
            patient_text="",
            cite=CITE,
            year=None,
            mark=Mark.OWN,
            rule_version=VERSION,
            facts_key=_key(clash, ahead, said),
        )
        proposal = [
            {"order": move.order.code, "before": move.before.isoformat(), "after": move.after.isoformat()}
            for move in clash.moves
        ]
        yield Standing(found, max(clash.day, today), proposal=proposal)


def _key(clash: PlanClash, ahead: ChangesAhead, said: Counter[str]) -> str:
    """What changes on its last day, whichever version says so, and how soon after the day before it.

    said: how often each of these was said already. No two groups of one plan have the same key, whatever they are of.
    """
    last = max(change.day for change in clash.changes)
    before = [change.day for change in clash.changes if change.day < last]
    gap = (last - max(before)).days if before else 0
    facts = repr((ONE_CHANGE, sorted(ahead.names[change.code] for change in clash.changes if change.day == last), gap))
    said[facts] += 1
    return hashlib.sha256(f"{facts} {said[facts]}".encode()).hexdigest()[:32]
