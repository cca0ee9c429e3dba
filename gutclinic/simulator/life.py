"""One patient’s way through the clinic: who looks after them, when something happens, and how an act is written down.

What people do stands in `plan_acts`, `phase_acts` and `person_acts`, each thing done by its real service.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict

from clinics.actor import Actor, NotAllowed
from gutclinic.simulator.appointments import Appointments
from gutclinic.simulator.evidence import Act, PlanState
from gutclinic.simulator.notebook import Notebook
from gutclinic.simulator.people import House, name_of
from patients.models import ContactPoint, Plan, RecipientKind, Reminder
from patients.services.errors import Refused
from protocols.domain.layout import LayoutError
from protocols.domain.phases import IllegalTransition


class Move(TypedDict):
    """What every move of a plan is told."""

    by: Actor
    at: datetime
    revision: int


@dataclass(slots=True)
class Life(Appointments):
    """One patient, the practitioner who looks after them, and the newest plan."""

    number: int
    house: House
    notebook: Notebook
    plan_id: int = 0
    assigned_count: int = 0
    taper_ids: list[int] = field(default_factory=list)

    @property
    def by(self) -> Actor:
        """The practitioner, or whoever takes over when they have left."""
        return self.house.acting(self.house.colleague(self.practitioner))

    @property
    def state(self) -> PlanState:
        """The plan as it was last seen; every change is looked at when it is made."""
        return self.notebook.evidence.states[self.plan_id][-1]

    def look(self) -> PlanState:
        return self.notebook.look(self.plan_id, at=self.clock.at)

    # --- When -----------------------------------------------------------------------------------------------

    def around_next_message(self) -> datetime:
        """Within the hours before the patient’s next message, or right after it."""
        owed = Reminder.objects.owed().filter(plan_id=self.plan_id, recipient_kind=RecipientKind.PATIENT.value)
        coming = owed.filter(send_at__gt=self.clock.at).order_by("send_at").first()
        if coming is None:
            return self.in_hours(24, 24 * 25)
        around = coming.send_at + timedelta(seconds=self.rng.randint(-20 * 3600, 3600))
        return max(around, self.clock.at + timedelta(minutes=1))

    # --- What -----------------------------------------------------------------------------------------------

    def move(self, plan: Plan) -> Move:
        """By the practitioner, now, on the plan as it is on the screen."""
        return Move(by=self.by, at=self.clock.at, revision=plan.revision)

    def act(
        self, name: str, call: Callable[[Plan], object], *, phase: str = "", details: Mapping[str, object] | None = None
    ) -> bool:
        """Do it and write it down, with the plan before and after; whether it was done rather than refused."""
        before = self.look()
        refusal = ""
        try:
            call(Plan.objects.get(pk=self.plan_id))
        except (Refused, NotAllowed, IllegalTransition, LayoutError) as error:
            refusal = f"{type(error).__name__}: {error}"
        self.notebook.write(
            Act(
                at=self.clock.at,
                plan_id=self.plan_id,
                name=name,
                phase=phase,
                details=details or {},
                before=before,
                after=self.look(),
                refusal=refusal,
            )
        )
        return not refusal

    def meet(self) -> None:
        """Write down how the patient can be reached from now on, and what became of the tapers by it."""
        contact = ContactPoint.objects.filter(patient=self.patient, ended_at__isnull=True).first()
        self.notebook.meet(
            RecipientKind.PATIENT,
            self.patient.code,
            name_of(self.number),
            self.patient,
            is_reachable=contact is not None and contact.messages_allowed,
            at=self.clock.at,
        )
        for taper_id in self.taper_ids:
            self.notebook.look_at_taper(taper_id, at=self.clock.at)
