"""One patient’s way off a medicine: whose it is, when something happens, and how an act is written down.

What people do stands in `taper_papers`, `taper_moves` and `taper_days`, each thing done by its real service.
"""

from collections.abc import Callable
from dataclasses import dataclass

from clinics.actor import Actor, ActorKind, NotAllowed, acting_prescriber
from clinics.models import Prescriber
from gutclinic.simulator.appointments import Appointments
from gutclinic.simulator.life import Life
from gutclinic.simulator.taper_evidence import TaperAct, TaperState, VersionState
from patients.actor import acting_patient
from patients.models import Taper
from patients.services.errors import Refused
from protocols.domain.taper_states import IllegalTaperMove


@dataclass(slots=True)
class TaperLife(Appointments):
    """A taper beside the life of its patient. prescriber: who is to sign; whoever that is, the link is only theirs."""

    life: Life
    prescriber: Prescriber
    taper_id: int = 0

    # --- Who ------------------------------------------------------------------------------------------------

    @property
    def staff(self) -> Actor:
        """The practitioner, or whoever took over."""
        return self.life.by

    @property
    def she(self) -> Actor:
        return acting_patient(self.patient)

    @property
    def signer(self) -> Actor:
        """The prescriber, acting."""
        return acting_prescriber(self.prescriber, user=self.prescriber.user)

    # --- How it stands --------------------------------------------------------------------------------------

    @property
    def has_running_plan(self) -> bool:
        """Whether the patient has a plan by now that is active or on hold."""
        return self.life.plan_id != 0 and self.life.state.status in {"active", "on-hold"}

    @property
    def exists(self) -> bool:
        return self.taper_id != 0

    @property
    def state(self) -> TaperState:
        """The taper as it was last seen; every change is looked at when it is made."""
        return self.life.notebook.evidence.tapers[self.taper_id][-1]

    @property
    def proposed(self) -> VersionState | None:
        return self.state.version("proposed")

    @property
    def is_running(self) -> bool:
        return self.exists and self.state.status in {"active", "held", "watching"}

    def look(self) -> TaperState:
        return self.life.notebook.look_at_taper(self.taper_id, at=self.clock.at)

    # --- What -----------------------------------------------------------------------------------------------

    def begin(self, taper: Taper) -> None:
        """From now on this is the taper of this life."""
        self.taper_id = taper.pk
        self.life.taper_ids.append(taper.pk)
        names = self.life.notebook.evidence.taper_names
        names[taper.pk] = f"taper {len(self.life.taper_ids)}"
        after = self.look()
        self._write("draw-up", self.staff, after, after, "")

    def act(self, name: str, call: Callable[[Taper], object], *, by: Actor, **details: object) -> bool:
        """Do it and write it down, with the taper before and after; whether it was done rather than refused.

        Where no taper was ever drawn up, because no plan ran, there is nothing to do.
        """
        if not self.exists:
            return False
        before, refusal = self.state, ""
        taper = Taper.objects.select_related("plan__patient__clinic", "prescriber", "reduces", "medicine").get(
            pk=self.taper_id
        )
        try:
            call(taper)
        except (Refused, NotAllowed, IllegalTaperMove) as error:
            refusal = f"{type(error).__name__}: {error}"
        self._write(name, by, before, self.look(), refusal, **details)
        return not refusal

    def _write(
        self, name: str, by: Actor, before: TaperState, after: TaperState, refusal: str, **details: object
    ) -> None:
        self.life.notebook.write_of_taper(
            TaperAct(
                at=self.clock.at,
                taper_id=self.taper_id,
                name=name,
                by=ActorKind(by.kind).value,
                details=details,
                before=before,
                after=after,
                refusal=refusal,
            )
        )
