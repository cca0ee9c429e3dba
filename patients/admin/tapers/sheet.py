"""The page on which a taper is drawn up: everything typed, what it comes to, and one button that saves just that."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from clinics.admin.desk import at_of
from clinics.admin.pages import Trail
from clinics.admin.scoped import ScopedAdmin
from clinics.models import Prescriber
from patients.admin.standing import today_of
from patients.admin.tapers.addresses import doctor_letter_address
from patients.admin.tapers.draft_forms import MORE, DraftForms, Held
from patients.admin.tapers.preview import Preview, preview_of
from patients.models import MedicineUse, Plan, Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers.drawing_up import Draft, draw_up
from protocols.models import Medicine
from protocols.models.catalogue import CONSULT

SAVE, FRAGMENT = "_save", "_fragment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """save: writes the draft, of which this fingerprint was shown, and gives its taper.

    revision: of the taper when the page was opened; None for a new one. keeps: the prescriber of a later version.
    intro: sentences above the form.
    """

    admin: ScopedAdmin
    request: HttpRequest
    plan: Plan
    use: MedicineUse
    medicine: Medicine | None
    held: Held
    title: str
    trail: Trail
    back: str
    submit: str
    done: str
    save: Callable[[Draft, str], Taper]
    revision: int | None = None
    keeps: Prescriber | None = None
    intro: list[str] = field(default_factory=list)

    def answer(self) -> HttpResponse:
        data = self.request.POST if self.request.method == "POST" else None
        today = today_of(self.plan.patient, at_of(self.request))
        forms = DraftForms(
            data,
            plan=self.plan,
            use=self.use,
            medicine=self.medicine,
            today=today,
            held=self.held,
            keeps=self.keeps,
        )
        preview, is_other = None, False
        if data is not None and MORE in data:
            forms.hush()
        elif data is not None and forms.is_valid():
            draft = forms.draft()
            try:
                drawn_up = draw_up(self.plan, draft, today=today)
                preview = preview_of(self.plan, drawn_up, reduces=self.use, today=today)
                if SAVE in data and data.get("shown") == preview.shown:
                    return self._saved(draft, preview.shown)
                is_other = SAVE in data
            except InvalidRequest as refusal:
                forms.refuse(refusal)
            except Refused as refusal:
                forms.refusals.append(str(refusal))
        if data is not None and FRAGMENT in data:
            return self._fragment(forms, preview)
        return self._show(forms, preview, is_other=is_other)

    def _saved(self, draft: Draft, shown: str) -> HttpResponse:
        taper = self.save(draft, shown)
        self.admin.message_user(self.request, self.done)
        return redirect(reverse("admin:patients_taper_change", args=[taper.code]))

    def _fragment(self, forms: DraftForms, preview: Preview | None) -> HttpResponse:
        context = {"preview": preview, "sentences": [] if preview else forms.sentences(), "is_live": True}
        return TemplateResponse(self.request, "admin/patients/taper_preview.html", context)

    def _show(self, forms: DraftForms, preview: Preview | None, *, is_other: bool) -> HttpResponse:
        return self.admin.page(
            self.request,
            "admin/patients/taper_draft.html",
            title=self.title,
            trail=self.trail,
            plan=self.plan,
            patient=self.plan.patient,
            use=self.use,
            forms=forms,
            preview=preview,
            is_other=is_other,
            submit=self.submit,
            revision=self.revision,
            intro=self.intro,
            letter="" if self.use.prescriber_id else doctor_letter_address(self.use),
            consult=CONSULT,
            back=self.back,
        )
