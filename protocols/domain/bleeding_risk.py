"""Gate G8: whether medicines that make bleeding more likely are taken together with another reason to bleed.

Two medicines against clotting are a yes by themselves. One of them, or an NSAID, is a yes beside a risk that the record
shows. Without one it stays unknown: high doses, alcohol, severe illness and more are not in the record, and the
prescriber is asked. No is only what a complete list of medicines says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from protocols.domain.facts import FactSource, MedicineFact, PersonFacts
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gate_codes import BLEED_CODES, LONG_TERM_CODES, ULCER_CODES, matches
from protocols.domain.gate_list import NSAID_GUIDE, NSAIDS_AND_ANTITHROMBOTICS, SOSTRES
from protocols.domain.medicines import MedicineClass
from protocols.domain.sources import HowRead

RISK_AGE: Final = 65
GATE: Final = "G8"
ANTITHROMBOTICS: Final = (MedicineClass.ANTIPLATELET, MedicineClass.ANTICOAGULANT)
_ASPIRIN: Final = frozenset({"aspirin", "acetylsalicylic acid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFactor:
    """A reason to bleed that a read source names, so that the record may say it without asking."""

    name: str
    citation: str
    mark: HowRead


AGE: Final = RiskFactor(name=f"age {RISK_AGE} or more", citation=SOSTRES, mark=HowRead.SECONDARY)
PAST_ULCER: Final = RiskFactor(name="a past or present ulcer", citation=NSAID_GUIDE, mark=HowRead.PRIMARY)
PAST_BLEED: Final = RiskFactor(name="a past or present bleed", citation=NSAID_GUIDE, mark=HowRead.PRIMARY)
CORTICOSTEROID: Final = RiskFactor(name="a corticosteroid", citation=NSAID_GUIDE, mark=HowRead.PRIMARY)
SECOND_AGENT: Final = RiskFactor(name="a second such medicine", citation=SOSTRES, mark=HowRead.SECONDARY)
RISK_FACTORS: Final = (AGE, PAST_ULCER, PAST_BLEED, CORTICOSTEROID, SECOND_AGENT)
"""What counts from the record. Everything else is for the prescriber to weigh, and the question names it."""


def bleeding_answer(facts: PersonFacts) -> GateAnswer:
    """What the record says to G8."""
    taken = facts.medicines_of(NSAIDS_AND_ANTITHROMBOTICS)
    against_clotting = facts.medicines_of(ANTITHROMBOTICS)
    if len(_substances(against_clotting)) > 1:
        return _yes(_names(against_clotting), against_clotting)
    if taken:
        risks = list(_known_risks(facts, taken))
        if not risks:
            return GateAnswer(gate=GATE, answer=Answer.UNKNOWN)
        return _yes(f"{_names(taken)}, with {', '.join(risk.source for risk in risks)}", [*taken, *risks])
    # A code for long use says that one of them was taken, whatever the list of medicines says now.
    is_coded = any(fact.is_present and matches(fact.code, LONG_TERM_CODES) for fact in facts.conditions)
    if facts.takes_any_of(NSAIDS_AND_ANTITHROMBOTICS) is False and not is_coded:
        return GateAnswer(
            gate=GATE,
            answer=Answer.NO,
            source="The complete list of medicines has none of them",
            as_of=facts.medicines_complete_as_of,
        )
    return GateAnswer(gate=GATE, answer=Answer.UNKNOWN)


def _known_risks(facts: PersonFacts, taken: list[MedicineFact]) -> Iterator[FactSource]:
    """Each risk that the record shows, in words, and as of when."""
    if facts.age is not None and facts.age >= RISK_AGE:
        yield FactSource(as_of=facts.on, source=f"age {facts.age}")
    for risk, codes in ((PAST_ULCER, ULCER_CODES), (PAST_BLEED, BLEED_CODES)):
        found = [fact for fact in facts.conditions if fact.is_present and matches(fact.code, codes)]
        if found:
            newest = max(found, key=lambda fact: fact.as_of)
            yield FactSource(as_of=newest.as_of, source=f"{risk.name} ({newest.code})")
    steroids = facts.medicines_of([MedicineClass.CORTICOSTEROID])
    if steroids:
        yield FactSource(as_of=_newest(steroids), source=f"{CORTICOSTEROID.name} ({_names(steroids)})")
    if len(_substances(taken)) > 1:
        yield FactSource(as_of=_newest(taken), source=SECOND_AGENT.name)


def _substances(taken: Iterable[MedicineFact]) -> set[str]:
    """One medicine in two strengths is one; the two names of aspirin are one."""
    names = {fact.substance.strip().casefold() for fact in taken}
    return names - _ASPIRIN | ({"aspirin"} if names & _ASPIRIN else set())


def _names(taken: Iterable[MedicineFact]) -> str:
    return " and ".join(sorted({fact.substance.strip() for fact in taken}, key=str.casefold))


def _newest(facts: Iterable[MedicineFact | FactSource]) -> date:
    return max(fact.as_of for fact in facts)


def _yes(source: str, facts: Iterable[MedicineFact | FactSource]) -> GateAnswer:
    return GateAnswer(gate=GATE, answer=Answer.YES, source=source, as_of=_newest(facts))
