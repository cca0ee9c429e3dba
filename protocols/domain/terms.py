"""The terms of one version of a taper: exactly what its prescriber signs, and the bytes that say it.

No dates of steps stand in them: dates are counted from the first day and the days on hold, so a hold that the terms
permit keeps the signature.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from protocols.domain.canonical import canonical_bytes
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.medicines import MedicineClass
from protocols.domain.pattern import Pattern
from protocols.domain.taper import Dose, Step, dose_as_json, dose_from_json, step_as_json, step_from_json

FORMAT: Final = 1
LONGEST_HOLD_DAYS: Final = 28
"""Days that a hold at the current dose may last before it needs a new signature."""
LATEST_AFTER_DAYS: Final = 28
"""The latest first day lies this many days after the planned one, unless another was chosen."""
RESCUE_THRESHOLD_DAYS: Final = 4
RESCUE_WITHIN_DAYS: Final = 7
_DAILY: Final = Pattern.daily()


class TermsError(ValueError):
    """These terms cannot be, or these bytes do not say any. The text is a sentence; `field` what to change, if any."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class AlertRoute(StrEnum):
    """How the prescriber hears of a red flag: by a neutral email at once, or from the clinic by telephone or fax."""

    EMAIL = "email"
    TELEPHONE = "telephone"
    FAX = "fax"

    @property
    def label(self) -> str:
        return {
            "email": "An email at once",
            "telephone": "The clinic telephones at once",
            "fax": "The clinic sends a fax at once",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMedicine:
    """The medicine that is reduced. Strengths stand in the steps."""

    substance: str
    name: str
    form: str
    release: str
    medicine_class: MedicineClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue:
    """What she may take for symptoms in between, and how many such days within how many propose a hold."""

    medicine: str
    directions: str
    threshold_days: int = RESCUE_THRESHOLD_DAYS
    within_days: int = RESCUE_WITHIN_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What may be done without a new signature. A hold at the current dose, and resuming after it, always may."""

    automatic_hold_at_threshold: bool = False
    automatic_hold_at_red_flag: bool = False
    equivalents: bool = False
    """Other strengths of the same molecule and release that add up to the same dose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One version of a taper, as it is proposed and then signed.

    starting_doses, starting_pattern: what is taken on the eve of the planned first day; no doses where nothing is.
    request: the SHA-256 of the proposal that the prescriber was shown, where the signed terms add the answers that it
    asked for; empty in a proposal.
    """

    patient: str
    taper: str
    version: int
    medicine: SignedMedicine
    indication: str
    indication_code: str
    gates: tuple[GateAnswer, ...]
    starting_doses: tuple[Dose, ...]
    steps: tuple[Step, ...]
    planned_first_day: date
    latest_first_day: date
    rescue: Rescue
    alert_route: AlertRoute
    permissions: Permissions
    starting_pattern: Pattern = _DAILY
    request: str = ""

    def __post_init__(self) -> None:
        if not self.steps:
            raise TermsError("A taper has at least one step.", field="steps")
        if self.latest_first_day < self.planned_first_day:
            raise TermsError(
                "The latest first day comes before the planned one: choose a later one.", field="latest_first_day"
            )
        if not 1 <= self.rescue.threshold_days <= self.rescue.within_days <= 28:
            raise TermsError(
                "The rescue threshold is a number of days within so many days, at most 28: for example 4 in 7.",
                field="threshold_days",
            )
        may_hold = self.permissions.automatic_hold_at_threshold or self.permissions.automatic_hold_at_red_flag
        if self.medicine.medicine_class.is_controlled and may_hold:
            raise TermsError("A controlled medicine is never held automatically.", field="automatic_hold_at_threshold")

    @property
    def taken_before(self) -> Step | None:
        """What is taken before the first step, as a step of one day; None where nothing is."""
        return Step(self.starting_doses, self.starting_pattern, 1) if self.starting_doses else None

    @property
    def raises_the_dose(self) -> bool:
        """Whether a step takes more a day, on average, than is taken before the first."""
        before = self.taken_before.average_per_day if self.taken_before else Fraction(0)
        return max(step.average_per_day for step in self.steps) > before

    def first_day_if_signed(self, on: date) -> date:
        """Day one if they are signed on that day: the planned one, or the day after signing. It may be too late."""
        return max(self.planned_first_day, on + timedelta(days=1))

    def as_bytes(self) -> bytes:
        """The canonical bytes of these terms."""
        return canonical_bytes(_document(self))

    def completed(self, *, request: str, gates: tuple[GateAnswer, ...], indication: str, indication_code: str) -> Terms:
        """These terms with what the prescriber answered; `request` is the SHA-256 of what was shown."""
        return replace(self, request=request, gates=gates, indication=indication, indication_code=indication_code)


def terms_from(content: bytes) -> Terms:
    """Read terms back from their bytes. Raises `TermsError` unless these are exactly the bytes of what they say."""
    try:
        terms = _terms(json.loads(content))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TermsError("These are not the terms of a taper in a format that is known here.") from error
    if terms.as_bytes() != content:
        raise TermsError("These bytes are not written in the one way in which terms are signed.")
    return terms


def _document(terms: Terms) -> dict[str, Any]:
    medicine = terms.medicine
    return {
        "format": FORMAT,
        "patient": terms.patient,
        "taper": terms.taper,
        "version": terms.version,
        "medicine": {
            "substance": medicine.substance,
            "name": medicine.name,
            "form": medicine.form,
            "release": medicine.release,
            "class": medicine.medicine_class.value,
        },
        "indication": {"text": terms.indication, "code": terms.indication_code},
        "gates": [_gate_document(gate) for gate in terms.gates],
        "starting_doses": [dose_as_json(dose) for dose in terms.starting_doses],
        "starting_pattern": str(terms.starting_pattern),
        "steps": [step_as_json(step) for step in terms.steps],
        "planned_first_day": terms.planned_first_day.isoformat(),
        "latest_first_day": terms.latest_first_day.isoformat(),
        "rescue": {
            "medicine": terms.rescue.medicine,
            "directions": terms.rescue.directions,
            "threshold_days": terms.rescue.threshold_days,
            "within_days": terms.rescue.within_days,
        },
        "alert_route": terms.alert_route.value,
        "permissions": {
            "hold_at_current_dose_days": LONGEST_HOLD_DAYS,
            "resume_after_hold": True,
            "automatic_hold_at_threshold": terms.permissions.automatic_hold_at_threshold,
            "automatic_hold_at_red_flag": terms.permissions.automatic_hold_at_red_flag,
            "equivalents": terms.permissions.equivalents,
        },
        "request": terms.request,
    }


def _gate_document(gate: GateAnswer) -> dict[str, Any]:
    return {
        "gate": gate.gate,
        "answer": gate.answer.value,
        "source": gate.source,
        "as_of": gate.as_of.isoformat() if gate.as_of else None,
        "lifted_because": gate.lifted_because,
    }


def _terms(document: dict[str, Any]) -> Terms:
    if document["format"] != FORMAT:
        raise ValueError(document["format"])
    medicine, rescue, permissions = document["medicine"], document["rescue"], document["permissions"]
    return Terms(
        patient=document["patient"],
        taper=document["taper"],
        version=document["version"],
        medicine=SignedMedicine(
            substance=medicine["substance"],
            name=medicine["name"],
            form=medicine["form"],
            release=medicine["release"],
            medicine_class=MedicineClass(medicine["class"]),
        ),
        indication=document["indication"]["text"],
        indication_code=document["indication"]["code"],
        gates=tuple(_gate(gate) for gate in document["gates"]),
        starting_doses=tuple(dose_from_json(dose) for dose in document["starting_doses"]),
        starting_pattern=Pattern.parse(document["starting_pattern"]),
        steps=tuple(step_from_json(step) for step in document["steps"]),
        planned_first_day=date.fromisoformat(document["planned_first_day"]),
        latest_first_day=date.fromisoformat(document["latest_first_day"]),
        rescue=Rescue(
            medicine=rescue["medicine"],
            directions=rescue["directions"],
            threshold_days=rescue["threshold_days"],
            within_days=rescue["within_days"],
        ),
        alert_route=AlertRoute(document["alert_route"]),
        permissions=Permissions(
            automatic_hold_at_threshold=permissions["automatic_hold_at_threshold"],
            automatic_hold_at_red_flag=permissions["automatic_hold_at_red_flag"],
            equivalents=permissions["equivalents"],
        ),
        request=document["request"],
    )


def _gate(document: dict[str, Any]) -> GateAnswer:
    return GateAnswer(
        gate=document["gate"],
        answer=Answer(document["answer"]),
        source=document["source"],
        as_of=date.fromisoformat(document["as_of"]) if document["as_of"] else None,
        lifted_because=document["lifted_because"],
    )
