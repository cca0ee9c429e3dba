"""Who may override what stops an order: the licensed professional responsible for the prescribed medicine in question.

What the clinic itself gives, and what is bought without a prescription, nobody overrides: the order is changed.
"""

from collections.abc import Iterable
from functools import cached_property

from clinics.models import Prescriber
from clinics.services.licences import licensed_for
from patients.models import Finding, MedicineUse, Order, Plan, Taper
from protocols.domain.medicines import MedicineClass
from protocols.domain.safety_rules import Severity

Prescribed = tuple[Prescriber, str]
"""A prescriber, and the class word of the medicine, as a licence names it."""


class Responsible:
    """The medicines of one plan and of its patient’s record, each with its prescriber. Read when first asked."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def who_may_override(self, finding: Finding) -> list[Prescribed]:
        """Each prescriber who may, with the class of the medicine that is theirs; empty: nobody. Not who has ended.

        Where something is stopped, it is whoever prescribes all of that. Where nothing is, whoever prescribes one of
        the medicines that the finding is about.
        """
        return [(prescriber, kind) for prescriber, kind in self._prescribers(finding) if prescriber.ended_at is None]

    def still_overrides(self, finding: Finding) -> bool:
        """Whether whoever overrode it still may: a member of staff with the licence for it, or somebody outside."""
        return any(
            not prescriber.is_inside or licensed_for(prescriber, kind)
            for prescriber, kind in self.who_may_override(finding)
            if prescriber.pk == finding.decided_by_prescriber_id
        )

    def is_of_its_prescriber(self, finding: Finding) -> bool:
        """Whether whoever overrode it prescribes what is stopped, be it that it is not theirs to override any more."""
        return any(prescriber.pk == finding.decided_by_prescriber_id for prescriber, _ in self._prescribers(finding))

    def _prescribers(self, finding: Finding) -> list[Prescribed]:
        if finding.severity != Severity.BLOCK.value:
            return []
        if not finding.stops:
            return _each_once(self._of(code) for code in finding.subjects)
        of_each = [self._of(code) for code in finding.stops]
        if any(found is None for found in of_each):
            return []
        found = _each_once(of_each)
        return found if len({prescriber.pk for prescriber, _ in found}) == 1 else []

    def may_be_acknowledged(self, finding: Finding) -> bool:
        """Whether a practitioner may go on knowingly: of a BLOCK only if it stops nothing of this plan.

        That is so of a warning sign, which is cleared once it has been reviewed, and of medicines that others give and
        whose prescriber nobody knows.
        """
        if finding.severity != Severity.BLOCK.value:
            return True
        stops_here = any(code in self._orders or code in self._tapers for code in finding.stops)
        return not stops_here and not self.who_may_override(finding)

    def _of(self, code: str) -> Prescribed | None:
        return self._orders.get(code) or self._tapers.get(code) or self._uses.get(code)

    @cached_property
    def _orders(self) -> dict[str, Prescribed | None]:
        rows = self.plan.orders.select_related("prescriber", "medicine")
        return {order.code: _of_order(order) for order in rows}

    @cached_property
    def _tapers(self) -> dict[str, Prescribed]:
        """Also what was signed with each for symptoms: it is its prescriber’s as the taper is."""
        rows = Taper.objects.filter(plan=self.plan).select_related("prescriber", "medicine")
        return {
            code: (taper.prescriber, taper.medicine.medicine_class)
            for taper in rows
            for code in (taper.code, taper.rescue_code)
        }

    @cached_property
    def _uses(self) -> dict[str, Prescribed]:
        rows = MedicineUse.objects.standing().filter(patient=self.plan.patient_id, prescriber__isnull=False)
        return {
            use.code: (use.prescriber, use.medicine_class or MedicineClass.OTHER.value)
            for use in rows.select_related("prescriber")
            if use.prescriber is not None
        }


def _of_order(order: Order) -> Prescribed | None:
    if not order.is_prescribed or order.prescriber is None:
        return None
    kind = MedicineClass.OTHER.value if order.medicine is None else order.medicine.medicine_class
    return order.prescriber, kind


def _each_once(found: Iterable[Prescribed | None]) -> list[Prescribed]:
    return list({prescriber.pk: (prescriber, kind) for prescriber, kind in filter(None, found)}.values())
