"""A taper at the practitioner’s desk: drawn up, sent, signed by dr_price, held and resumed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from clinics.actor import acting_prescriber
from clinics.domain.addresses import masked
from clinics.models import Prescriber
from gutclinic.demo.desk import Desk
from patients.models import Door, MedicineUse, Plan, Taper
from patients.services.tapers import holding
from patients.services.tapers.consent import give_consent
from patients.services.tapers.drawing_up import Covering, Draft, save_draft
from patients.services.tapers.requesting import propose, send
from patients.services.tapers.signing import Agreement, sign
from protocols.domain.gate_answers import Answer, GateAnswer
from protocols.domain.gate_list import ASKED, INDICATION
from protocols.domain.ready_recipes import READY_RECIPES
from protocols.domain.slots import Slot
from protocols.domain.terms import AlertRoute, Permissions, Rescue
from protocols.models import Medicine

PUBLISHED: Final = "ppi-tam213"
# What only the prescriber's own file can tell: the request asks for it.
LEFT_TO_THE_PRESCRIBER: Final = ("G2", "G7")
ALGINATE: Final = Rescue(medicine="Alginate", directions="10 mL after meals and at bedtime, when needed")
# What the prescriber answers, as far as it was asked.
NEITHER_EVER: Final = dict.fromkeys(LEFT_TO_THE_PRESCRIBER, Answer.NO)


def published_recipe(medicine: Medicine) -> dict[str, Any]:
    """The recipe that is offered first, for the strengths of this medicine."""
    return READY_RECIPES[PUBLISHED].document(medicine.product())


def draw_up(
    desk: Desk,
    plan: Plan,
    use: MedicineUse,
    medicine: Medicine,
    *,
    recipe: Mapping[str, Any],
    in_days: int,
    today: date,
    prescriber: Prescriber,
) -> Taper:
    """Save a draft that begins so many days from today. use: in the record; its whole amount is taken at once."""
    assert use.amount is not None  # every medicine of the demonstration has one
    draft = Draft(
        reduces=use,
        medicine=medicine,
        prescriber=prescriber,
        start=((Slot.BEFORE_BREAKFAST, use.amount),),
        recipe=recipe,
        planned_first_day=today + timedelta(days=in_days),
        indication=use.indication,
        indication_code=use.indication_code,
        answers=tuple(_asked(today, but_for={*LEFT_TO_THE_PRESCRIBER, INDICATION.id})),
        rescue=ALGINATE,
        alert_route=AlertRoute.EMAIL,
        permissions=Permissions(automatic_hold_at_red_flag=True, equivalents=True),
        covering=Covering(
            reason="The heartburn has been quiet for a year, and the patient would like to do without.",
            alternatives="Staying at the lowest dose that is enough; taking it only when needed.",
            source=READY_RECIPES[PUBLISHED].source,
            monitored_by=f"{desk.practitioner.name}, by the diary in the portal and at visits",
            call=f"{desk.clinic.name}, {desk.clinic.telephone}",
        ),
    )
    return save_draft(plan, draft, by=desk.by, at=desk.clock.at)


def _asked(today: date, *, but_for: Collection[str]) -> list[GateAnswer]:
    """Every question but these was asked at the visit, and answered no. What the record says counts over it."""
    return [
        GateAnswer(gate=gate.id, answer=Answer.NO, source="Asked at the visit", as_of=today)
        for gate in ASKED
        if gate.id not in but_for
    ]


def send_by_email(desk: Desk, taper: Taper, *, today: date) -> None:
    """With the patient's consent, put it before the prescriber outside."""
    give_consent(
        taper.plan.patient,
        taper.prescriber,
        given_on=today,
        how="Signed form in the file",
        by=desk.by,
        at=desk.clock.at,
    )
    propose(taper, shown=taper.versions.get().sha256, by=desk.by, at=desk.clock.at, revision=revision(taper))
    send(taper, door=Door.LINK, by=desk.by, at=desk.clock.at, revision=revision(taper))


def agree(taper: Taper, *, at: datetime) -> None:
    """The prescriber opens the link, answers what is asked, and agrees."""
    version = taper.versions.get(status="proposed")
    request = version.requests.get(door=Door.LINK.value, closed_at__isnull=True)
    sign(
        taper,
        door=Door.LINK,
        version_sha256=version.sha256,
        agreement=Agreement(answers=NEITHER_EVER, text="Please let me know how it goes."),
        means=f"by control of this mailbox: {masked(request.address)}",
        request=request,
        by=acting_prescriber(taper.prescriber),
        at=at,
    )


def hold(desk: Desk, taper: Taper, *, reason: str) -> None:
    holding.hold(taper, reason=reason, by=desk.by, at=desk.clock.at, revision=revision(taper))


def resume(desk: Desk, taper: Taper, *, reason: str) -> None:
    holding.resume(taper, reason=reason, by=desk.by, at=desk.clock.at, revision=revision(taper))


def revision(taper: Taper) -> int:
    """What a practitioner has on the screen who has just opened the taper."""
    taper.refresh_from_db()
    return taper.revision
