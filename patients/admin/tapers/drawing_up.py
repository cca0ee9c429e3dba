"""Drawing up a taper from a plan: which medicine of the record, and then the sheet; changing a draft likewise."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.record_words import value_of
from patients.admin.standing import today_of
from patients.admin.tapers.addresses import doctor_letter_address
from patients.admin.tapers.draft_forms import Held, medicines_for
from patients.admin.tapers.entry_form import as_written
from patients.admin.tapers.gate_form import as_answered
from patients.admin.tapers.recipe_form import as_chosen
from patients.admin.tapers.sheet import Sheet
from patients.admin.tapers.start_form import as_recorded
from patients.admin.tapers.terms_form import first_terms, said_terms
from patients.models import MedicineUse, Patient, Plan, Taper, TaperVersion
from patients.services.tapers.drawing_up import Draft, change_draft, save_draft
from patients.services.tapers.entered import entered_answers, entered_start
from patients.services.tapers.standing import version_with
from protocols.domain.phases import PlanStatus
from protocols.domain.ready_recipes import recipes_for
from protocols.domain.taper_states import TaperStatus, VersionStatus
from protocols.models import Medicine
from protocols.models.catalogue import CONSULT
from protocols.models.enabling import that_may_be_tapered_in

OPEN_PLANS = (PlanStatus.ACTIVE.value, PlanStatus.ON_HOLD.value, PlanStatus.DRAFT.value)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A medicine of the record that may come down. taper: what is open about it already."""

    use: MedicineUse
    words: str
    prescriber: str
    address: str
    letter: str
    taper: Taper | None


def uses_to_taper(patient: Patient, *, today: date) -> list[MedicineUse]:
    """What the record says is taken and may be tapered in this clinic, each with the tapers of it that are open."""
    substances = that_may_be_tapered_in(patient.clinic).values("substance")
    standing = MedicineUse.objects.standing().filter(patient=patient, substance__in=substances)
    taken = standing.exclude(until__lt=today).select_related("patient", "prescriber", "medicine").order_by("name", "pk")
    return list(taken.prefetch_related(Prefetch("tapers", queryset=Taper.objects.open())))


def plan_for(patient: Patient) -> Plan | None:
    """The plan that a new taper of this patient belongs to: the one that runs, else the newest draft."""
    plans = list(Plan.objects.filter(patient=patient, status__in=OPEN_PLANS).order_by("-starts_on", "code"))
    return min(plans, key=lambda plan: OPEN_PLANS.index(plan.status), default=None)


def from_record_page(admin: ScopedAdmin, request: HttpRequest, patient: Patient, code: str) -> HttpResponse:
    """From a medicine of the record to the sheet of the plan that its taper belongs to."""
    plan = plan_for(patient)
    if plan is None:
        admin.message_user(request, "A taper belongs to a plan. Assign a protocol first.", level="warning")
        return redirect(admin.address_of(patient, "assign"))
    plan.patient = patient
    use = _in_record(request, plan, code)
    if use is None:
        raise Http404
    if not medicines_for(plan, use).exists():
        admin.message_user(
            request, f"No strengths of {use.name} are in the clinic’s list, so no dose can be counted.", level="warning"
        )
        return redirect(admin.address_of(patient))
    return redirect(reverse("admin:patients_plan_draw_up", args=[plan.code, use.code]))


def choose_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan) -> HttpResponse:
    """Which medicine of the record is to come down."""
    today = today_of(plan.patient, at_of(request))
    title = "Draw up a taper"
    return admin.page(
        request,
        "admin/patients/taper_choose.html",
        title=title,
        trail=admin.trail_to(plan, title),
        plan=plan,
        patient=plan.patient,
        candidates=[_candidate(plan, use, today) for use in uses_to_taper(plan.patient, today=today)],
        add_medicine=reverse("admin:patients_patient_record_add", args=[plan.patient.code, "medicine"]),
        consult=CONSULT,
        back=admin.address_of(plan),
    )


def _candidate(plan: Plan, use: MedicineUse, today: date) -> Candidate:
    bought = "Nobody: bought without a prescription" if use.is_bought_without_prescription else "Not known"
    return Candidate(
        use=use,
        words=value_of(use, today=today),
        prescriber=use.prescriber.name if use.prescriber else bought,
        address=reverse("admin:patients_plan_draw_up", args=[plan.code, use.code]),
        letter="" if use.prescriber else doctor_letter_address(use),
        taper=next(iter(use.tapers.all()), None),
    )


def draw_up_page(admin: ScopedAdmin, request: HttpRequest, plan: Plan, code: str) -> HttpResponse:
    use = use_of(request, plan, code)
    at = at_of(request)
    medicine = _first_medicine(plan, use)

    def save(draft: Draft, shown: str) -> Taper:
        return save_draft(plan, draft, shown=shown, by=admin.actor(request, plan), at=at)

    title = f"Draw up a taper of {use.name}"
    return Sheet(
        admin=admin,
        request=request,
        plan=plan,
        use=use,
        medicine=medicine,
        held=_first_held(plan, use, medicine, today=today_of(plan.patient, at)),
        title=title,
        trail=admin.trail_to(plan, title),
        back=reverse("admin:patients_plan_taper", args=[plan.code]),
        submit="Save as a draft",
        done="Saved as a draft. Nobody outside the workspace sees it before it is sent.",
        save=save,
    ).answer()


def draft_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Change what was never proposed."""
    version = version_with(taper, VersionStatus.DRAFT)
    if version is None or taper.status != TaperStatus.DRAFT.value:
        admin.message_user(request, "Only a draft that was not sent can be changed.", level="error")
        return redirect(admin.address_of(taper))
    revision = revision_of(request, taper)

    def save(draft: Draft, shown: str) -> Taper:
        by = admin.actor(request, taper)
        return change_draft(taper, draft, shown=shown, by=by, at=at_of(request), revision=revision)

    title = "Change the draft"
    return Sheet(
        admin=admin,
        request=request,
        plan=taper.plan,
        use=taper.reduces,
        medicine=taper.medicine,
        held=held_of(taper, version),
        title=title,
        trail=admin.trail_to(taper, title),
        back=admin.address_of(taper),
        submit="Save the draft",
        done="The draft is saved.",
        save=save,
        revision=revision,
    ).answer()


def revision_of(request: HttpRequest, taper: Taper) -> int:
    """The revision that was on the screen when the form was opened."""
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isdecimal() and len(sent) < 9 else taper.revision


def held_of(taper: Taper, version: TaperVersion) -> Held:
    """What the forms hold for a version that was drawn up before."""
    terms, recipe = version.terms(), version.entered["recipe"]
    dropped = set(recipe.get("first_drop", []))
    return Held(
        forms=said_terms(version, terms, prescriber=taper.prescriber, medicine=taper.medicine)
        | {"recipe": as_chosen(recipe, taper.medicine.product()), "gates": as_answered(entered_answers(version))},
        start=[
            {"slot": slot.value, "amount": str(amount), "goes_first": slot.value in dropped}
            for slot, amount in entered_start(version)
        ],
        **_written(recipe, taper.medicine),
    )


def _written(recipe: dict[str, Any], medicine: Medicine) -> dict[str, list[dict[str, Any]]]:
    """The rows of an own recipe; one that is offered by name brings its own."""
    if as_chosen(recipe, medicine.product())["way"] != recipe["method"]:
        return {}
    return {"tail": as_written(recipe.get("tail", [])), "steps": as_written(recipe.get("steps", []))}


def use_of(request: HttpRequest, plan: Plan, code: str) -> MedicineUse:
    """The row of the record that an address names; 404 for one of somebody else, and for what cannot be tapered."""
    use = _in_record(request, plan, code)
    if use is None or not medicines_for(plan, use).exists():
        raise Http404
    return use


def _in_record(request: HttpRequest, plan: Plan, code: str) -> MedicineUse | None:
    rows = MedicineUse.objects.visible_to(request.user).standing().filter(patient=plan.patient, code=code)
    use: MedicineUse | None = rows.select_related("prescriber", "medicine").first()
    if use is not None:
        use.patient = plan.patient
    return use


def _first_medicine(plan: Plan, use: MedicineUse) -> Medicine | None:
    """The form that the record names, if its strengths are known; else any of the same medicine."""
    medicines = medicines_for(plan, use)
    first: Medicine | None = medicines.filter(pk=use.medicine_id).first() or medicines.first()
    return first


def _first_held(plan: Plan, use: MedicineUse, medicine: Medicine | None, *, today: date) -> Held:
    ready = recipes_for(medicine.product()) if medicine else ()
    return Held(
        forms=first_terms(plan, use, today=today) | {"recipe": {"way": ready[0].key} if ready else {}},
        start=as_recorded(use),
    )
