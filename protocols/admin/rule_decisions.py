"""The pages on which a practitioner decides whether a part of a rule counts in this clinic."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinics.admin import inputs
from clinics.admin.desk import actor_in, at_of
from clinics.admin.pages import PagesAdmin
from clinics.models import Clinic
from protocols.domain.safety_rules import ReviewError, Rule, RulePart
from protocols.domain.sources import HowRead
from protocols.models import SafetyRuleReview
from protocols.services.rule_reviews import (
    NoSuchRule,
    ReadSource,
    RuleChanged,
    let_count,
    let_not_count,
    take_back,
)

AGAIN = "All plans of this clinic that run are then put before the rules again; that takes a few minutes."


class SeenForm(forms.Form):
    """seen: the code of the decision that was on the screen, empty for none."""

    seen = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput())


class SourceForm(SeenForm):
    cite = forms.CharField(
        label="Source", widget=inputs.TextareaInput(), help_text="Where you read it, as it would be cited."
    )
    year = forms.IntegerField(label="Year of the source", min_value=1800, max_value=2200, widget=inputs.IntegerInput())
    how_read = forms.ChoiceField(
        label="How you read it",
        choices=[("", "Choose"), *((each.value, each.label.capitalize()) for each in HowRead if each.was_read)],
        widget=inputs.SelectInput(),
    )


class ReasonForm(SeenForm):
    reason = forms.CharField(label="Why", widget=inputs.TextareaInput(), help_text="Others will read it.")


@dataclass(frozen=True, slots=True)
class Decision:
    title: str
    intro: str
    done: str
    form: type[SeenForm]
    service: Callable[..., object]


def _count(clinic: Clinic, said: dict[str, Any], **common: Any) -> object:
    source = ReadSource(cite=said["cite"], year=said["year"], how_read=HowRead(said["how_read"]))
    return let_count(clinic, source=source, seen=said["seen"], **common)


def _not_count(clinic: Clinic, said: dict[str, Any], **common: Any) -> object:
    return let_not_count(clinic, reason=said["reason"], seen=said["seen"], **common)


def _take_back(clinic: Clinic, said: dict[str, Any], **common: Any) -> object:
    return take_back(clinic, seen=said["seen"], **common)


DECISIONS = {
    "on": Decision(
        "Let it count here",
        "It ships switched off because nobody had read its source. With a source that you have read it counts in this "
        "clinic, with your name.",
        "It counts in this clinic from now on.",
        SourceForm,
        _count,
    ),
    "off": Decision(
        "Let it not count here",
        "It is then found in no plan of this clinic.",
        "It does not count in this clinic any more.",
        ReasonForm,
        _not_count,
    ),
    "back": Decision(
        "Take this clinic’s decision back",
        "It then counts, or does not, as it was shipped.",
        "It counts, or does not, as it was shipped.",
        SeenForm,
        _take_back,
    ),
}


def decision_page(
    admin: PagesAdmin,
    request: HttpRequest,
    clinic: Clinic,
    rule: Rule,
    part: RulePart,
    review: SafetyRuleReview | None,
    decision: Decision,
    back: str,
) -> HttpResponse:
    form = decision.form(request.POST or None, initial={"seen": review.code if review is not None else ""})
    if form.is_valid():
        by, at = actor_in(request, clinic), at_of(request)
        try:
            decision.service(clinic, form.cleaned_data, rule=rule.id, part=part.key, by=by, at=at)
        except ReviewError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except (RuleChanged, NoSuchRule) as refusal:
            messages.error(request, str(refusal))
            return redirect(back)
        else:
            messages.success(request, decision.done)
            return redirect(back)
    return admin.page(
        request,
        "admin/protocols/rule_decision.html",
        title=decision.title,
        trail=[(admin.list_title, admin.list_address()), (rule.id, back), (decision.title, None)],
        clinic=clinic,
        rule=rule,
        part=part,
        form=form,
        intro=[decision.intro, AGAIN],
        submit=decision.title,
        back=back,
    )
