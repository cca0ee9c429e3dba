"""What the clinics of a run assign: the shipped pack, and a protocol that tries out what the pack does not."""

from datetime import datetime
from typing import Final, NamedTuple

from clinics.actor import Actor
from clinics.models import Clinic
from protocols.models import (
    CriterionTemplate,
    OrderTemplate,
    PhaseTemplate,
    ProtocolTemplate,
    TemplateVersion,
)
from protocols.services.packs import load_pack
from protocols.services.templates import publish

PACK: Final = "five-phase"


class Step(NamedTuple):
    key: str
    kind: str
    anchor: str
    anchor_phase: str
    offset_days: int
    duration_days: int | None
    starts_by_person: bool = False


# Chains of ends and of starts, a phase before the end it is counted from, one that a person starts with another that
# hangs on it, one that lasts a day, and the same kind twice.
STEPS: Final = (
    Step("remove", "remove", "plan-start", "", 0, 21),
    Step("replace", "replace", "phase-end", "remove", 1, 14),
    Step("re-inoculate", "re-inoculate", "phase-start", "replace", 7, 28),
    Step("repair", "repair", "phase-end", "re-inoculate", -6, 28, True),
    Step("repair-rest", "repair", "phase-start", "repair", 10, 1),
    Step("remove-again", "remove", "phase-end", "repair", 1, 14),
    Step("rebalance", "rebalance", "plan-start", "", 14, None),
)


def publish_protocols(clinic: Clinic, *, by: Actor, system: Actor, at: datetime) -> list[TemplateVersion]:
    """The clinic's published protocols: the pack first. by: a practitioner of the clinic."""
    pack = load_pack(PACK, clinic=clinic, by=system, at=at).version
    return [publish(version, by=by, at=at) for version in (pack, _write_steps(clinic, by=by, at=at))]


def _write_steps(clinic: Clinic, *, by: Actor, at: datetime) -> TemplateVersion:
    version = TemplateVersion.objects.create(
        template=ProtocolTemplate.objects.create(clinic=clinic, title="Step by step"),
        number=1,
        summary="Every way in which one phase can be counted from another.",
        created_at=at,
        created_by_kind=by.kind.value,
        created_by_code=by.code,
    )
    evidence = {"evidence": "none", "source": ""}
    for position, step in enumerate(STEPS):
        phase = PhaseTemplate.objects.create(
            version=version,
            position=position,
            title=step.key.capitalize(),
            purpose=f"The step {step.key}.",
            **step._asdict(),
            **evidence,
        )
        CriterionTemplate.objects.create(
            phase=phase, key="agreed", kind="sign_off", parameters={}, sentence="The practitioner agrees."
        )
        OrderTemplate.objects.create(
            version=version,
            key=f"supplement-{step.key}",
            name=f"Supplement for {step.key}",
            item_kind="supplement",
            times_of_day=["with-breakfast"],
            first_phase=phase,
            last_phase=phase,
            **evidence,
        )
    return version
