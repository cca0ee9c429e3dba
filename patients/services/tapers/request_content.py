"""What stands in a request to a prescriber, without any layout: the letter and the signing page both show it.

Sentences are whole and end with their stop; lists stand in the order in which they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clinics.domain.paper import Paper
from protocols.domain.gate_answers import Answer
from protocols.domain.prescription import Prescription


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something with its name: “Last dose”, “22 April 2027”."""

    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who writes, or who is written to: a name and the lines beneath it."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLine:
    """One time of day. words: “one capsule of 20 mg”. figures: “1 × 20 mg”."""

    slot: str
    words: str
    figures: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One step, dated as if it began on the planned first day. dose_days: on how many of its days something is taken.

    per_dose_day: the amount on each of those. total: of the step.
    """

    number: int
    first: date
    last: date
    days: int
    pattern: str
    doses: tuple[DoseLine, ...]
    per_dose_day: str
    dose_days: int
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """One gate as it stands. is_asked: nobody knows, so the prescriber is asked.

    wants_lifting: the answer is yes and only the prescriber can go on in spite of it, with a reason. as_of: the day
    of which the answer is, None while it is unknown.
    """

    gate: str
    kind: str
    question: str
    why: str
    citation: str
    answer: Answer
    source: str
    as_of: date | None
    is_hard: bool
    is_asked: bool
    wants_lifting: bool
    lifted_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenLine:
    """Something else that is taken. Whatever is not known says so."""

    name: str
    how: str
    since: str
    reason: str
    prescriber: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionLine:
    """What may happen without a new signature, or what may not."""

    is_permitted: bool
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One way to answer. kind: the value of `PrescriberAnswerKind`. wants_text: there is something to write beside."""

    kind: str
    label: str
    explanation: str
    wants_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBlock:
    """Which bytes this is about. sha256: in groups that a person can compare. facts: who signed, when and how."""

    version_code: str
    version_number: int
    sha256: tuple[str, ...]
    sha256_is_of: str
    is_signed: bool
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContent:
    """Everything about one version of a taper that its prescriber reads.

    standing: whether it is signed, in one sentence that stands at the top. indication: empty where it is asked.
    taken_how_often: of `taken_now`; empty where it is every day. rise: that the dose rises; empty where it does not.
    """

    title: str
    paper: Paper
    standing: str
    written_on: date
    sender: Party
    recipient: Party
    patient: tuple[Fact, ...]
    request: tuple[str, ...]
    medicine: str
    taken_now: tuple[DoseLine, ...]
    taken_how_often: str
    rise: str
    reason: tuple[str, ...]
    indication: str
    alternatives: tuple[str, ...]
    source: tuple[str, ...]
    gates: tuple[GateLine, ...]
    medicines: tuple[TakenLine, ...]
    medicines_standing: str
    dates: tuple[str, ...]
    steps: tuple[StepLine, ...]
    totals: tuple[Fact, ...]
    prescriptions: tuple[Prescription, ...]
    rescue: tuple[str, ...]
    permissions: tuple[PermissionLine, ...]
    alert: tuple[str, ...]
    follow_up: tuple[Fact, ...]
    revoke: tuple[str, ...]
    answers: tuple[AnswerLine, ...]
    signature: SignatureBlock
    consult: str

    @property
    def is_signed(self) -> bool:
        return self.signature.is_signed

    @property
    def asked(self) -> tuple[GateLine, ...]:
        """The gates that the prescriber is asked about, hard stops first."""
        return tuple(sorted((gate for gate in self.gates if gate.is_asked), key=lambda gate: not gate.is_hard))

    @property
    def known(self) -> tuple[GateLine, ...]:
        return tuple(gate for gate in self.gates if not gate.is_asked)
