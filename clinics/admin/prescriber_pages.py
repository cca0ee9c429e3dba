"""The forms of prescribers: entering one outside, licensing a member of staff, changing either."""

import secrets

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.actor import NotAllowed
from clinics.admin.adding import code_of_submission
from clinics.admin.desk import actor_in, at_of, clinics_with
from clinics.admin.meanwhile import CHANGED, MARK, mark_of, values_of
from clinics.admin.prescriber_forms import InsideForm, NewInsideForm, NewOutsideForm, OutsideForm, PrescriberForm
from clinics.admin.scoped import ScopedAdmin
from clinics.models import Prescriber
from clinics.roles import Act
from clinics.services.licences import require_licensing
from clinics.services.prescribers import PrescriberRefused, add_prescriber, change_prescriber

NOT_TOLD = (
    "The mail server did not take the letter to the old address. Ring the prescriber, and say that the "
    "address was changed here."
)
ANEW = "Saved. A new address counts only after it was confirmed, and links that were sent before are dead."
ANEW_FAX = "Saved. The new fax number counts only after it was confirmed. Links that were sent by email go on."


def outside_page(admin: ScopedAdmin, request: HttpRequest) -> HttpResponse:
    clinics = list(clinics_with(request, Act.MANAGE_PRESCRIBERS))
    if not clinics:
        raise Http404
    form = NewOutsideForm(request.POST or None, clinics=clinics)
    return _new(admin, request, form, title="Add a prescriber", intro=["Somebody outside this clinic who prescribes."])


def inside_page(admin: ScopedAdmin, request: HttpRequest) -> HttpResponse:
    clinics = list(clinics_with(request, Act.MANAGE_STAFF))
    if not clinics:
        raise Http404
    form = NewInsideForm(request.POST or None, clinics=clinics)
    intro = [
        "A member of staff who is licensed signs inside this app, after showing once more that it is them.",
        "Nobody enters or changes their own licence, unless they are the only clinic admin.",
    ]
    return _new(admin, request, form, title="License a colleague", intro=intro)


def _new(
    admin: ScopedAdmin, request: HttpRequest, form: NewOutsideForm | NewInsideForm, *, title: str, intro: list[str]
) -> HttpResponse:
    code = code_of_submission(request)
    if code and (added := _added(admin, request, code)):
        return admin.done(request, added, "Saved.")
    if form.is_valid():
        clinic = form.cleaned_data["clinic"]
        try:
            prescriber = add_prescriber(
                clinic,
                user=form.cleaned_data.get("user"),
                code=code,
                by=actor_in(request, clinic),
                at=at_of(request),
                **form.particulars(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        except (PrescriberRefused, ValidationError) as refusal:
            # Sent twice at once, and the other was first?
            if code and (added := _added(admin, request, code)):
                return admin.done(request, added, "Saved.")
            form.take(refusal)
        else:
            return admin.done(request, prescriber, "Saved.")
    nonce = request.POST.get("nonce") or secrets.token_hex(16)
    return _form_page(admin, request, None, form, title=title, intro=intro, nonce=nonce)


def _added(admin: ScopedAdmin, request: HttpRequest, code: str) -> Prescriber | None:
    found: Prescriber | None = admin.get_queryset(request).filter(code=code).first()
    return found


def edit_page(admin: ScopedAdmin, request: HttpRequest, prescriber: Prescriber) -> HttpResponse:
    if prescriber.user is not None:
        require_licensing(admin.actor(request, prescriber), clinic=prescriber.clinic, user=prescriber.user)
    kind: type[PrescriberForm] = InsideForm if prescriber.is_inside else OutsideForm
    initial = {name: getattr(prescriber, name) for name in kind.shown()}
    form = kind(request.POST or None, initial=initial)
    if form.is_valid() and _save(admin, request, prescriber, form):
        return redirect(admin.address_of(prescriber))
    mark = request.POST.get(MARK) or mark_of(values_of(prescriber))
    return _form_page(admin, request, prescriber, form, title="Edit", intro=[], mark=mark)


def _save(admin: ScopedAdmin, request: HttpRequest, prescriber: Prescriber, form: PrescriberForm) -> bool:
    """Write the form and say so; False where it has to be shown again."""

    def not_told() -> None:
        messages.warning(request, NOT_TOLD)

    email, fax = prescriber.email, prescriber.fax
    try:
        # The letter to the old address leaves when this is committed.
        with transaction.atomic():
            # Locked until then: of two who save at once, the second is told of the first.
            stored = Prescriber.objects.select_for_update().get(pk=prescriber.pk)
            if request.POST.get(MARK) != mark_of(values_of(stored)):
                form.add_error(None, CHANGED)
                return False
            changed = change_prescriber(
                stored,
                by=admin.actor(request, prescriber),
                at=at_of(request),
                not_told=not_told,
                **form.particulars(),
            )
    except (PrescriberRefused, ValidationError) as refusal:
        form.take(refusal)
        return False
    moved = ANEW if changed.email != email else ANEW_FAX if changed.fax != fax else "Saved."
    messages.success(request, moved)
    return True


def _form_page(
    admin: ScopedAdmin,
    request: HttpRequest,
    prescriber: Prescriber | None,
    form: PrescriberForm,
    *,
    title: str,
    intro: list[str],
    mark: str = "",
    nonce: str = "",
) -> HttpResponse:
    return admin.page(
        request,
        "admin/clinics/prescriber_form.html",
        title=title,
        trail=admin.trail_to(prescriber, title),
        form=form,
        intro=intro,
        mark=mark,
        mark_name=MARK,
        nonce=nonce,
        back=admin.list_address() if prescriber is None else admin.address_of(prescriber),
    )
