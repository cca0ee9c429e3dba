"""What people do about orders, the record and the day. After each act it is written down how the orders are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

from gutclinic.simulator.life import Life
from gutclinic.simulator.order_notebook import order_day
from patients.actor import acting_patient
from patients.models import Finding, MedicineUse, Order, Patient, Plan, SourceKind
from patients.services import record
from patients.services.day.saying_rhythm import set_rhythm
from patients.services.intakes import due_orders, record_slot
from patients.services.orders import holding, stopping
from patients.services.orders.adding import add
from patients.services.orders.changing import change
from patients.services.orders.says import of_supplement, says_of
from patients.services.record import Source
from patients.services.safety.deciding import acknowledge
from patients.services.safety.looking import look_at_plans
from protocols.domain.amount import Amount
from protocols.domain.order_states import StopReason
from protocols.domain.safety_rules import Severity
from protocols.domain.slots import Slot
from protocols.models import Medicine, Supplement


def look(life: Life) -> None:
    """Write down how the orders are now. By now beat has put every plan before the rules that is due this morning."""
    look_at_plans(at=life.clock.at)
    life.notebook.evidence.order_days.append(order_day(life.plan_id, at=life.clock.at))


def order(life: Life, supplement: str, amount: str, slots: tuple[Slot, ...], **says: Any) -> bool:
    """Order a supplement of the shipped catalogue, in the first phase that runs."""

    def call(plan: Plan) -> object:
        phase = plan.phases.filter(status="active").order_by("position").last() or plan.phases.latest("position")
        item = Supplement.objects.current().get(clinic__isnull=True, key=supplement)
        written = replace(of_supplement(item, first_phase=phase, last_phase=phase), times_of_day=slots, **says)
        return add(plan, says=replace(written, amount=Amount.parse(amount)), **life.move(plan))

    return _act(life, "order", call)


def say_otherwise(life: Life, key: str, *, from_day: date | None = None, **says: Any) -> bool:
    def call(plan: Plan) -> object:
        asked = _newest(plan, key)
        written = replace(says_of(asked), **says)
        return change(asked, says=written, from_day=from_day, is_raised_at_once=True, **life.move(plan))

    return _act(life, "change-order", call)


def hold(life: Life, key: str) -> bool:
    return _act(life, "hold-order", lambda plan: holding.hold(_newest(plan, key), **life.move(plan)))


def resume(life: Life, key: str) -> bool:
    return _act(life, "resume-order", lambda plan: holding.resume(_newest(plan, key), **life.move(plan)))


def stop(life: Life, key: str, reason: StopReason) -> bool:
    def call(plan: Plan) -> object:
        return stopping.stop(_newest(plan, key), stop_reason=reason, reason="As agreed.", **life.move(plan))

    return _act(life, "stop-order", call)


def leave_out(life: Life, key: str) -> bool:
    return _act(life, "leave-out-order", lambda plan: stopping.leave_out(_newest(plan, key), **life.move(plan)))


def enter_in_error(life: Life, key: str) -> bool:
    def call(plan: Plan) -> object:
        return stopping.enter_in_error(_newest(plan, key), reason="Another patient’s.", **life.move(plan))

    return _act(life, "enter-in-error-order", call)


def use_old_version(life: Life, key: str) -> bool:
    """Somebody holds the version that was on the screen before it was changed: refused."""

    def call(plan: Plan) -> object:
        return holding.hold(plan.orders.filter(key=key).earliest("number"), **life.move(plan))

    return _act(life, "old-version", call)


def take(life: Life, medicine: str, slots: tuple[Slot, ...]) -> bool:
    """A medicine of somebody else’s comes into the record."""

    def call(plan: Plan) -> object:
        item = Medicine.objects.current().get(clinic__isnull=True, key=medicine)
        said = Source(kind=SourceKind.PATIENT, as_of=life.today)
        return record.add_medicine(
            _patient(life),
            medicine=item,
            pattern="daily",
            times_of_day=slots,
            since=life.today,
            source=said,
            **_by(life),
        )

    return _act(life, "record", call)


def takes_no_more(life: Life, medicine: str) -> bool:
    """It was never taken, as it turns out."""

    def call(plan: Plan) -> object:
        use = MedicineUse.objects.standing().get(patient=life.patient, medicine__key=medicine)
        return record.mark_in_error(use, reason="Another patient’s.", **_by(life))

    return _act(life, "record", call)


def acknowledge_all(life: Life) -> bool:
    """Go on knowingly with everything that only warns."""

    def call(plan: Plan) -> object:
        for finding in Finding.objects.undecided().filter(plan=plan).exclude(severity=Severity.BLOCK.value):
            if not finding.is_kept:
                acknowledge(finding, reason="Talked through.", revision=finding.revision, **_by(life))
        return None

    return _act(life, "acknowledge", call)


def live_by(life: Life, *, wakes: int, breakfast: int, sleeps: int) -> bool:
    """Get up, eat and go to bed at other hours."""

    def call(plan: Plan) -> object:
        by = acting_patient(life.patient)
        return set_rhythm(
            life.patient,
            wakes_at=time(wakes),
            breakfast_at=time(breakfast),
            lunch_at=time(13),
            dinner_at=time(19),
            sleeps_at=time(sleeps),
            by=by,
            at=life.clock.at,
        )

    return _act(life, "rhythm", call)


def tap_twice(life: Life) -> bool:
    """Record everything of today, and send the first request again."""

    def call(plan: Plan) -> object:
        slots = Slot.ordered({slot for each in due_orders(plan, day=life.today) for slot in each.slots})
        for slot in [*slots, *slots[:1]]:
            record_slot(plan, slot=slot, day=life.today, by=acting_patient(life.patient), at=life.clock.at)
        return None

    return _act(life, "tap", call)


def _act(life: Life, name: str, call: Callable[[Plan], object]) -> bool:
    done = life.act(name, call)
    look(life)
    return done


def _by(life: Life) -> dict[str, Any]:
    return {"by": life.by, "at": life.clock.at}


def _patient(life: Life) -> Patient:
    return Patient.objects.select_related("clinic").get(pk=life.patient.pk)


def _newest(plan: Plan, key: str) -> Order:
    return plan.orders.current().get(key=key)
