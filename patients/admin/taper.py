"""Tapers: the list, and one page each. Whatever is done with one is a page of its own, and calls services."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from unfold.decorators import display

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin, row_page
from clinics.roles import Act
from patients.admin.standing import today_of
from patients.admin.tapers.answers import call_page, confirmation_page, paper_page
from patients.admin.tapers.consent import consent_page, withdraw_consent_page
from patients.admin.tapers.drawing_up import draft_page
from patients.admin.tapers.her_word import diary_page, use_page, warning_page
from patients.admin.tapers.keeping import keep_going_page
from patients.admin.tapers.moves import move_page
from patients.admin.tapers.page import taper_page
from patients.admin.tapers.printing import calendar_page, letter_page, scan_page
from patients.admin.tapers.revisions import again_page, extend_page, step_back_page
from patients.admin.tapers.sending import send_page, withdraw_page
from patients.admin.tapers.signing import change_page, sign_page
from patients.admin.tapers.states import TaperStateFilter
from patients.admin.tapers.substitution_page import substitute_page
from patients.admin.tapers.use_pages import red_flag_page, supply_page, take_on_page
from patients.admin.tapers.wishes import filed_wish_page, own_wish_page
from patients.models import Taper
from patients.services.tapers.standing import sentence, with_standing
from protocols.domain.terms import TermsError

Page = Callable[..., HttpResponse]
CANNOT_BE_READ = (
    "What is stored is not what was signed, so this cannot be shown or done. Stop the taper, or mark it as entered in "
    "error; and ask whoever looks after this installation to find out what happened."
)
DRAWS_UP, PAPERS, SEES = Act.MANAGE_TAPER, Act.HANDLE_TAPER_PAPERS, Act.SEE_PATIENTS
PAGES: tuple[tuple[str, str, Act, Page], ...] = (
    ("draft", "draft/", DRAWS_UP, draft_page),
    ("send", "send/", PAPERS, send_page),
    ("consent", "consent/", PAPERS, consent_page),
    ("consent_withdrawn", "consent/withdrawn/", PAPERS, withdraw_consent_page),
    ("withdraw", "withdraw/", DRAWS_UP, withdraw_page),
    ("paper", "answer/paper/", PAPERS, paper_page),
    ("call", "answer/call/", DRAWS_UP, call_page),
    ("confirmation", "answer/confirmation/", PAPERS, confirmation_page),
    ("sign", "sign/", SEES, sign_page),
    ("change_steps", "sign/change/", DRAWS_UP, change_page),
    ("move", "move/<slug:move>/", DRAWS_UP, move_page),
    ("wish", "prescriber/", DRAWS_UP, filed_wish_page),
    ("own_wish", "own/", SEES, own_wish_page),
    ("keep_going", "keep-going/", DRAWS_UP, keep_going_page),
    ("extend", "extend/", DRAWS_UP, extend_page),
    ("step_back", "step-back/", DRAWS_UP, step_back_page),
    ("again", "new-recipe/", DRAWS_UP, again_page),
    ("use", "use/", DRAWS_UP, use_page),
    ("diary", "diary/", DRAWS_UP, diary_page),
    ("warning", "warning/", DRAWS_UP, warning_page),
    ("supply", "supply/", DRAWS_UP, supply_page),
    ("substitute", "substitute/", DRAWS_UP, substitute_page),
    ("red_flag", "warning/<slug:report>/", DRAWS_UP, red_flag_page),
    ("take_on", "warning/<slug:report>/take-on/", Act.TAKE_ON_WARNING, take_on_page),
    ("letter", "letter/<slug:version>/", SEES, letter_page),
    ("calendar", "calendar/", SEES, calendar_page),
    ("scan", "scan/<slug:scan>/", SEES, scan_page),
)
"""name, the end of its address, who may open it, and what answers: page(admin, request, taper, **of the address)."""


@admin.register(Taper)
class TaperAdmin(ScopedAdmin):
    clinic_path = "plan__patient__clinic"
    list_display: ClassVar[Sequence[Any]] = ["code", "patient_name", "what"]
    list_filter = [TaperStateFilter]
    search_fields = ["code", "plan__patient__code", "plan__patient__given_name", "plan__patient__family_name"]
    search_help_text = "Patient’s name or code, taper’s code"
    ordering = ["-created_at", "code"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Taper]":
        return with_standing(super().get_queryset(request)).select_related("plan__practitioner")

    def title_of(self, obj: Taper) -> str:
        return f"{obj.plan.patient.full_name} · taper of {obj.reduces.name}"

    # --- The list -------------------------------------------------------------------------------------------

    @display(description="Patient", ordering="plan__patient__family_name")
    def patient_name(self, obj: Taper) -> str:
        return f"{obj.plan.patient.full_name} ({obj.plan.patient.code})"

    @display(description="Medicine", ordering="reduces__name")
    def what(self, obj: Taper) -> str:
        return obj.reduces.name

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        at = at_of(request)

        @display(description="How it stands")
        def stands(taper: Taper) -> str:
            return sentence(taper, today=today_of(taper.plan.patient, at))

        columns: list[str | Callable[[Taper], str]] = ["code", "patient_name", "what", stands]
        return columns

    # --- One taper ------------------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return taper_page(self, request, self.get_object(request, object_id))

    def own_urls(self) -> list[URLPattern]:
        return [
            path(f"<slug:object_id>/{end}", self.wrapped(self._opened(act, page)), name=f"patients_taper_{name}")
            for name, end, act, page in PAGES
        ]

    def _opened(self, act: Act, page: Page) -> Page:
        """The page for whoever may open it: others get a sentence, and strangers a 404."""

        @row_page(act)
        def opened(admin: ScopedAdmin, request: HttpRequest, taper: Taper, *arguments: str) -> HttpResponse:
            try:
                return page(admin, request, taper, *arguments)
            except TermsError:
                # Its own page stands without the altered bytes, and offers what may still be done.
                messages.error(request, CANNOT_BE_READ)
                return redirect(admin.address_of(taper))

        def view(request: HttpRequest, object_id: str, **of_address: str) -> HttpResponse:
            # Django names what an address holds; `row_page` takes it in order.
            return opened(self, request, object_id, *of_address.values())

        return view
