"""“The pharmacy hasn’t got it”: other strengths that make the same dose, where the prescriber signed for that."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse

from clinics.admin.desk import at_of
from clinics.admin.scoped import ScopedAdmin
from patients.admin.tapers.drawing_up import revision_of
from patients.admin.tapers.use_rows import substitution_words
from patients.models import Taper
from patients.models.taper_course import course_of, signed_versions
from patients.services.errors import Refused
from patients.services.tapers.substituting import end_substitution, substitute, substitutes
from protocols.domain.amount import Amount
from protocols.domain.dose_words import taken_in_figures
from protocols.domain.equivalents import Swap
from protocols.models.catalogue import CONSULT

BACK = "back"


class SubstitutionForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput())
    choice = forms.ChoiceField(label="From today", widget=forms.RadioSelect())

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["choice"]).choices = choices


def substitute_page(admin: ScopedAdmin, request: HttpRequest, taper: Taper) -> HttpResponse:
    """Every way to make the units that are left, and the way back."""
    offered = _offered(taper)
    form = SubstitutionForm(
        request.POST or None,
        choices=[(key, words) for key, (words, _, _) in offered.items()],
        initial={"revision": taper.revision},
    )
    if form.is_valid():
        _, strength, swap = offered[form.cleaned_data["choice"]]
        by, at, revision = admin.actor(request, taper), at_of(request), revision_of(request, taper)
        try:
            if swap is None:
                end_substitution(taper, strength=strength, by=by, at=at, revision=revision)
            else:
                substitute(taper, strength=strength, swap=swap, by=by, at=at, revision=revision)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return admin.done(request, taper, "From today it is taken like this. The dose and the signature stay.")
    title = "The pharmacy hasn’t got it"
    return admin.page(
        request,
        "admin/patients/taper_substitute.html",
        title=title,
        trail=admin.trail_to(taper, title),
        taper=taper,
        form=form,
        has_choice=bool(offered),
        standing=substitution_words(taper),
        consult=CONSULT,
        back=admin.address_of(taper),
    )


def _offered(taper: Taper) -> dict[str, tuple[str, Amount, Swap | None]]:
    """By what stands in the form: the words, the strength, and what stands in for it; None for the way back."""
    doses = [dose for step in course_of(taper).steps for dose in step.step.doses]
    strengths = {units.strength for dose in doses for units in dose.units if not units.per_ml}
    found: dict[str, tuple[str, Amount, Swap | None]] = {}
    for strength in sorted(strengths, reverse=True):
        for number, swap in enumerate(substitutes(taper, strength)):
            made_of = f"{taken_in_figures(swap.units)} ({swap.preparation.product.form})"
            found[f"{strength}:{number}"] = (f"{made_of} for 1 × {strength.display()}", strength, swap)
    for version in signed_versions(taper):
        for row in version.substitutions.all():
            if row.last_day is None:
                words = f"{row.strength.display()} is there again: take it as signed"
                found[f"{row.strength}:{BACK}"] = (words, row.strength, None)
    return found
