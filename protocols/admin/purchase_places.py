"""Where a supplement is sold, as a clinic says it, each place with what the clinic earns from it, alphabetically.

Nothing here is ever ranked, least of all by what somebody earns.
"""

from collections.abc import Collection

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.actor import NotAllowed
from clinics.admin import inputs
from clinics.admin.desk import actor_in, at_of, clinics_with, desk_of
from clinics.admin.scoped import ScopedAdmin
from clinics.models import Clinic
from clinics.roles import Act
from protocols.models import FinancialInterest, PurchasePlace, Supplement
from protocols.services.purchase_places import end_place, name_place
from protocols.services.supplement_checks import SupplementRefused


class PlaceForm(forms.Form):
    clinic = forms.ModelChoiceField(
        Clinic.objects.none(), widget=inputs.SelectInput(), empty_label=None, to_field_name="code"
    )
    where = forms.CharField(
        max_length=200, widget=inputs.TextInput(), help_text="A shop, a pharmacy or a page, as patients find it."
    )
    financial_interest = forms.ChoiceField(
        label="What the clinic earns from it",
        choices=[("", "–"), *FinancialInterest.choices],
        widget=inputs.SelectInput(),
        help_text="It stands beside the place wherever the place is shown.",
    )

    def __init__(self, *args: object, clinics: Collection[Clinic], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["clinic"]
        field.queryset = Clinic.objects.filter(pk__in=[clinic.pk for clinic in clinics])  # type: ignore[attr-defined]
        if len(clinics) == 1:
            field.initial = next(iter(clinics)).code
            field.widget = forms.HiddenInput()


def places_of(supplement: Supplement, clinics: Collection[int]) -> list[PurchasePlace]:
    """What these clinics, by their ids, say of it, in alphabetical order."""
    rows = supplement.purchase_places.standing().filter(clinic__in=clinics).select_related("clinic")
    return sorted(rows, key=lambda place: (place.where.casefold(), place.clinic.name))


def places_page(admin: ScopedAdmin, request: HttpRequest, supplement: Supplement) -> HttpResponse:
    """Everybody reads it; a practitioner names a place for her clinic, or ends one."""
    clinics = list(clinics_with(request, Act.PUBLISH_TEMPLATE))
    places = places_of(supplement, desk_of(request).clinics_where(admin.view_act))
    form = PlaceForm(None, clinics=clinics)
    if request.method == "POST":
        try:
            if "end" in request.POST:
                place = next((each for each in places if str(each.pk) == request.POST["end"]), None)
                if place is not None:
                    end_place(place, by=actor_in(request, place.clinic), at=at_of(request))
                    messages.success(request, "This place is named no more.")
                return redirect(admin.address_of(supplement, "places"))
            form = PlaceForm(request.POST, clinics=clinics)
            if not clinics:
                raise NotAllowed("Only a practitioner of your clinic names a place.")
            if form.is_valid():
                named = form.cleaned_data
                name_place(
                    supplement,
                    clinic=named["clinic"],
                    where=named["where"],
                    financial_interest=named["financial_interest"],
                    by=actor_in(request, named["clinic"]),
                    at=at_of(request),
                )
                messages.success(request, "This place is named from now on.")
                return redirect(admin.address_of(supplement, "places"))
        except NotAllowed as refusal:
            return admin.refuse(request, supplement, str(refusal))
        except SupplementRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(admin.address_of(supplement))
        except ValidationError as refusal:
            for name, sentences in refusal.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
    return admin.page(
        request,
        "admin/protocols/purchase_places.html",
        title="Where to buy",
        trail=admin.trail_to(supplement, "Where to buy"),
        supplement=supplement,
        places=[(place, desk_of(request).may(Act.PUBLISH_TEMPLATE, clinic_id=place.clinic_id)) for place in places],
        form=form if clinics and not supplement.is_retired else None,
        back=admin.address_of(supplement),
    )
