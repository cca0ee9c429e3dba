"""The parts of a draft as forms inside its page: phases with their criteria, and orders."""

from typing import Any, cast

from django import forms
from django.db import models
from django.http import HttpRequest

from clinics.admin import inputs
from clinics.admin.scoped import ScopedInline
from protocols.admin.part_sets import DraftPartFormSet, PhaseFormSet
from protocols.admin.slow_start import SlowStartField, as_lines
from protocols.domain.readiness import MINIMUM_DAYS, SIGN_OFF, CriterionError, check_criterion
from protocols.domain.slots import Slot
from protocols.models import CriterionTemplate, Medicine, OrderTemplate, PhaseTemplate, Supplement

NOTHING = ("", "–")
CATALOGUE = {"supplement": Supplement, "medicine": Medicine}
KINDS = [(MINIMUM_DAYS, "So many days were lived"), (SIGN_OFF, "A practitioner signs it off")]


class DraftPartMixin:
    """A part may be taken out of a draft: nothing has been assigned from it yet."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The page of a version shows these forms to those alone who may change it, and for a draft alone.
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class CriterionForm(forms.ModelForm):
    kind = forms.ChoiceField(choices=KINDS, widget=inputs.SelectInput())
    days = forms.IntegerField(
        required=False, min_value=1, widget=inputs.IntegerInput(), help_text="For the first kind: at least how many."
    )

    class Meta:
        model = CriterionTemplate
        fields = ("key", "kind", "sentence")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["days"] = (self.instance.parameters or {}).get("days")
        kinds = cast(forms.ChoiceField, self.fields["kind"])
        if self.instance.kind and self.instance.kind not in {MINIMUM_DAYS, SIGN_OFF}:
            # A kind that only people judge stays as it was written.
            kinds.choices = [*KINDS, (self.instance.kind, self.instance.kind)]

    def clean(self) -> dict[str, Any]:
        """The kind and its days become the parameters that the model keeps."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind, days = cleaned.get("kind"), cleaned.get("days")
        if kind == MINIMUM_DAYS:
            try:
                check_criterion(kind, {} if days is None else {"days": days})
            except CriterionError as error:
                self.add_error("days", str(error))
                # The model would complain of the same at a field that this form does not have.
                days = 1
            self.instance.parameters = {"days": days}
        elif kind == SIGN_OFF:
            self.instance.parameters = {}
        return cleaned


class CriterionInline(DraftPartMixin, ScopedInline):
    model = CriterionTemplate
    form = CriterionForm
    formset = DraftPartFormSet
    fields = ["sentence", ("kind", "days"), "key"]
    verbose_name = "exit criterion"
    verbose_name_plural = "exit criteria"


class PhaseInline(DraftPartMixin, ScopedInline):
    model = PhaseTemplate
    formset = PhaseFormSet
    inlines = [CriterionInline]
    tab = True
    verbose_name = "phase"
    verbose_name_plural = "phases"
    fieldsets = [
        (None, {"fields": [("title", "key"), ("kind", "position"), "purpose", "teaching", "hypothesis"]}),
        (
            "When",
            {"fields": [("anchor", "anchor_phase"), ("offset_days", "duration_days"), "starts_by_person"]},
        ),
        ("What stands behind it", {"fields": ["evidence", "source"]}),
    ]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        keys = [] if obj is None else obj.phases.values_list("key", "title")
        formset.form.base_fields["anchor_phase"].widget = inputs.SelectInput(choices=[NOTHING, *keys])
        return formset


class OrderForm(forms.ModelForm):
    times_of_day = forms.MultipleChoiceField(
        choices=[(slot.value, slot.label) for slot in Slot], widget=inputs.CheckboxesInput(), required=False
    )

    titration = SlowStartField()

    class Meta:
        model = OrderTemplate
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["titration"] = as_lines(self.instance.titration)
        if self.instance.amount is not None:
            # As it is written, not as the database pads it.
            self.initial["amount_value"] = f"{self.instance.amount.value:f}"

    def clean_times_of_day(self) -> list[str]:
        return [slot.value for slot in Slot.ordered(Slot(name) for name in self.cleaned_data["times_of_day"])]


class OrderInline(DraftPartMixin, ScopedInline):
    model = OrderTemplate
    form = OrderForm
    formset = DraftPartFormSet
    tab = True
    verbose_name = "order"
    verbose_name_plural = "orders"
    formfield_overrides = {models.DecimalField: {"widget": inputs.DecimalInput}}
    fieldsets = [
        (
            None,
            {"fields": [("name", "key"), ("item_kind", "pattern"), ("amount_value", "amount_unit"), "times_of_day"]},
        ),
        (None, {"fields": [("first_phase", "last_phase"), "instructions"]}),
        ("From the catalogue", {"fields": [("supplement", "medicine"), "prescribed_by"]}),
        (
            "How it begins",
            {"fields": ["titration", ("starts_after_days", "counts_as"), ("taper_tie", "taper_tie_days")]},
        ),
        ("What stands behind it", {"fields": ["evidence", "source"]}),
    ]

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> models.QuerySet[Any]:
        if db_field.name in CATALOGUE:
            return self._offered(CATALOGUE[db_field.name], db_field.name)
        return PhaseTemplate.objects.filter(version=self.version)

    def _offered(self, rows: Any, name: str) -> models.QuerySet[Any]:
        """What the clinic may choose now, and what an order of this version has already."""
        if self.version is None:
            return rows.objects.none()
        clinic = self.version.template.clinic_id
        had = OrderTemplate.objects.filter(version=self.version).values(name)
        offered = rows.objects.available_to([clinic])
        return rows.objects.filter(models.Q(pk__in=offered.values("pk")) | models.Q(pk__in=had))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # An inline lives for one request and one version.
        self.version = obj
        formset = super().get_formset(request, obj, **kwargs)
        phases = [] if obj is None else [(phase.pk, phase.title) for phase in obj.phases.all()]
        for name in ("first_phase", "last_phase"):
            # One list for all the orders, instead of a query for each.
            formset.form.base_fields[name].choices = [NOTHING, *phases]
        for name, rows in CATALOGUE.items():
            offered = [(row.pk, str(row)) for row in self._offered(rows, name)]
            field = formset.form.base_fields[name]
            field.widget = inputs.SelectInput()
            field.choices = [NOTHING, *offered]
        return formset
