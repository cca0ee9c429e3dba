"""Drawing a taper up: what is written into the record, what the practitioner enters, and the draft that is saved."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from gutclinic.simulator.taper_life import TaperLife
from patients.models import MedicineUse, Plan, ReviewAnswer, SourceKind, Taper
from patients.services.record import Source, add_medicine, add_medicine_review
from patients.services.tapers.drawing_up import Draft, change_draft, save_draft
from protocols.domain.amount import Amount
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.slots import Slot
from protocols.domain.terms import AlertRoute, Permissions, Rescue

# The hard stops that people answer, and the reason, which is written.
STOPS: Final = tuple(f"G{number}" for number in range(1, 10))
ALL_CLEAR: Final = dict.fromkeys(STOPS, Answer.NO)
# What no message may say.
MEDICINE_WORDS: Final = ("omeprazole", "Heartburn", "Alginate", "20 mg", "10 mg")
SLOT: Final = Slot.BEFORE_BREAKFAST


def ladder(days_per_step: int, *, tail: bool = True) -> dict[str, Any]:
    """From any dose: each lower strength for so many days; then every second day, and Mondays and Thursdays."""
    patterns = ("every 2 days", "weekdays mon,thu") if tail else ()
    return {
        "method": "strength_ladder",
        "days_per_step": days_per_step,
        "floor": "10 mg",
        "tail": [{"pattern": pattern, "amount": "10 mg", "days": days_per_step} for pattern in patterns],
    }


def write_record(life: TaperLife, *, amount: str = "40 mg") -> MedicineUse:
    """She takes so much each morning, prescribed by whoever is to sign, and nothing else."""
    source = Source(kind=SourceKind.PATIENT, as_of=life.today)
    add_medicine_review(life.patient, answer=ReviewAnswer.COMPLETE, source=source, by=life.staff, at=life.clock.at)
    return add_medicine(
        life.patient,
        medicine=life.life.house.pharmacy.medicine,
        amount=Amount.parse(amount),
        pattern="daily",
        times_of_day=[SLOT],
        since=life.today - timedelta(days=900),
        prescriber=life.prescriber,
        source=source,
        by=life.staff,
        at=life.clock.at,
    )


def draft_of(
    life: TaperLife,
    use: MedicineUse,
    *,
    recipe: Mapping[str, Any],
    in_days: int,
    answered: Mapping[str, Answer] | None = None,
    permissions: Permissions | None = None,
    alert_route: AlertRoute = AlertRoute.EMAIL,
) -> Draft:
    """What the practitioner enters, to begin so many days from today.

    answered: gates beyond the record; all clear unless said.
    """
    assert use.amount is not None  # `write_record` gives it one
    return Draft(
        reduces=use,
        medicine=life.life.house.pharmacy.medicine,
        prescriber=life.prescriber,
        start=((SLOT, use.amount),),
        recipe=recipe,
        planned_first_day=life.today + timedelta(days=in_days),
        indication="Heartburn",
        indication_code="R12",
        answers=tuple(
            GateAnswer(gate=gate, answer=answer, source="Asked", as_of=life.today)
            for gate, answer in (ALL_CLEAR if answered is None else answered).items()
        ),
        rescue=Rescue(medicine="Alginate", directions="When needed"),
        alert_route=alert_route,
        permissions=permissions or Permissions(),
    )


def draw_up(life: TaperLife, draft: Draft) -> None:
    """Save it for the plan that the patient has now."""
    plan = Plan.objects.select_related("patient__clinic").get(pk=life.life.plan_id)
    life.begin(save_draft(plan, draft, by=life.staff, at=life.clock.at))


def draw_up_anew(life: TaperLife, draft: Draft) -> bool:
    """Change a draft that was taken back."""

    def call(taper: Taper) -> object:
        return change_draft(taper, draft, by=life.staff, at=life.clock.at, revision=taper.revision)

    return life.act("change-draft", call, by=life.staff)
