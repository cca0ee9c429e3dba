"""Safety rules in the workspace: all of them as this clinic has them, one page each, and what the clinic decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from clinics.actor import NotAllowed, require
from clinics.admin.changes import local_words
from clinics.admin.desk import actor_in, clinics_with, desk_of
from clinics.admin.scoped import ScopedAdmin
from clinics.domain.instants import zone
from clinics.models import Clinic, User
from clinics.roles import Act
from protocols.admin.rule_decisions import DECISIONS, decision_page
from protocols.domain.safety_rules import Rule, RulePart, Severity
from protocols.models import SafetyRuleReview
from protocols.services.knowledge import shipped_knowledge
from protocols.services.rule_reviews import knowledge_of

COUNTING = {"counts": "Counts here", "off": "Does not count here", "decided": "Decided by this clinic"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One part as this clinic has it. why_not: why it does not count; review: what the clinic decided, if anything."""

    part: RulePart
    review: SafetyRuleReview | None
    buttons: list[tuple[str, str]]

    @property
    def cite(self) -> str:
        part = self.part
        return part.cite if part.year is None or str(part.year) in part.cite else f"{part.cite} ({part.year})"


@dataclass(frozen=True, slots=True)
class RuleRow:
    rule: Rule
    address: str
    parts: list[PartRow]


@admin.register(SafetyRuleReview)
class SafetyRuleAdmin(ScopedAdmin):
    """Rules are shipped data: nobody adds one here, and nobody changes what one says."""

    clinic_path = "clinic"
    list_title = "Safety rules"

    def own_urls(self) -> list[URLPattern]:
        return [
            path("rule/<slug:rule>/", self.wrapped(self.rule), name="protocols_safetyrulereview_rule"),
            path(
                "rule/<slug:rule>/<slug:part>/<slug:decision>/",
                self.wrapped(self.decide),
                name="protocols_safetyrulereview_decide",
            ),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        clinic = self._clinic(request)
        words, severity, counting = (request.GET.get(name, "").strip() for name in ("q", "severity", "counting"))
        rows = [row for row in self._rows(request, clinic) if _says(row, words)]
        rows = [
            RuleRow(row.rule, row.address, parts)
            for row in rows
            if (parts := [part for part in row.parts if _is_wanted(part, severity, counting)])
        ]
        return self.page(
            request,
            "admin/protocols/rules.html",
            title=self.list_title,
            trail=self.trail_to(),
            clinic=clinic,
            clinics=list(clinics_with(request, self.view_act)),
            edition=knowledge_of(clinic).version,
            rows=rows,
            part_count=sum(len(row.parts) for row in rows),
            words=words,
            severity=severity,
            severities=[(each.value, each.label) for each in Severity],
            counting=counting,
            countings=list(COUNTING.items()),
        )

    def rule(self, request: HttpRequest, rule: str) -> HttpResponse:
        clinic = self._clinic(request)
        row = next((row for row in self._rows(request, clinic) if row.rule.id == rule), None)
        if row is None:
            raise Http404
        return self.page(
            request,
            "admin/protocols/rule.html",
            title=f"{row.rule.id} {row.rule.title}",
            trail=[(self.list_title, self.list_address()), (row.rule.id, None)],
            clinic=clinic,
            row=row,
            history=self._history(clinic, row.rule),
            may_review=desk_of(request).may(Act.REVIEW_RULES, clinic_id=clinic.pk),
        )

    def decide(self, request: HttpRequest, rule: str, part: str, decision: str) -> HttpResponse:
        clinic = self._clinic(request)
        row = next((row for row in self._rows(request, clinic) if row.rule.id == rule), None)
        found = next((each for each in row.parts if each.part.key == part), None) if row is not None else None
        if row is None or found is None or decision not in DECISIONS:
            raise Http404
        try:
            require(actor_in(request, clinic), Act.REVIEW_RULES, clinic=clinic)
        except NotAllowed as refusal:
            return self.page(
                request,
                "admin/scoped/refused.html",
                title="Not allowed",
                trail=[(self.list_title, self.list_address()), (rule, row.address), ("Not allowed", None)],
                sentence=str(refusal),
                back=row.address,
                status=403,
            )
        return decision_page(
            self, request, clinic, row.rule, found.part, found.review, DECISIONS[decision], row.address
        )

    def _clinic(self, request: HttpRequest) -> Clinic:
        """The clinic whose rules are shown: the one that is asked for, else the first by name; 404 for a stranger."""
        clinics = list(clinics_with(request, self.view_act))
        code = request.GET.get("clinic", "")
        chosen = [clinic for clinic in clinics if clinic.code == code] if code else clinics
        if not chosen:
            raise Http404
        return sorted(chosen, key=lambda clinic: (clinic.name, clinic.pk))[0]

    def _rows(self, request: HttpRequest, clinic: Clinic) -> Sequence[RuleRow]:
        knowledge, shipped = knowledge_of(clinic), shipped_knowledge()
        reviews = {(row.rule, row.part): row for row in SafetyRuleReview.objects.in_force().filter(clinic=clinic)}
        may_review = desk_of(request).may(Act.REVIEW_RULES, clinic_id=clinic.pk)
        rows = []
        for rule in knowledge.rules:
            as_shipped = shipped.rule(rule.id)
            parts = []
            for part in rule.parts:
                review = reviews.get((rule.id, part.key))
                if review is not None and review.rule_version != str(rule.version):
                    review = None
                ships = as_shipped.part(part.key) if as_shipped is not None else None
                names = _decisions(part, ships, review) if may_review else []
                parts.append(
                    PartRow(
                        part=part,
                        review=review,
                        buttons=[
                            (DECISIONS[name].title, self.address(clinic, "decide", rule.id, part.key, name))
                            for name in names
                        ],
                    )
                )
            rows.append(RuleRow(rule, self.address(clinic, "rule", rule.id), parts))
        return rows

    def _history(self, clinic: Clinic, rule: Rule) -> list[tuple[SafetyRuleReview, str, str, str]]:
        """Each decision with who took it, when, and when it was ended."""
        where = zone(clinic.zone)
        rows = list(SafetyRuleReview.objects.filter(clinic=clinic, rule=rule.id).order_by("-reviewed_at", "-pk"))
        names = {user.code: str(user) for user in User.objects.filter(code__in=[row.reviewed_by_code for row in rows])}
        return [
            (
                row,
                names.get(row.reviewed_by_code, row.reviewed_by_code),
                local_words(row.reviewed_at, where),
                local_words(row.ended_at, where) if row.ended_at else "",
            )
            for row in rows
        ]

    @staticmethod
    def address(clinic: Clinic, page: str, *more: str) -> str:
        return f"{reverse(f'admin:protocols_safetyrulereview_{page}', args=more)}?clinic={clinic.code}"


def _decisions(part: RulePart, ships: RulePart | None, review: SafetyRuleReview | None) -> list[str]:
    """What a practitioner may decide about it now."""
    if review is not None:
        return ["back"]
    if part.is_enabled:
        return [] if part.severity is Severity.BLOCK else ["off"]
    return ["on"] if ships is not None else []


def _says(row: RuleRow, words: str) -> bool:
    if not words:
        return True
    said = " ".join([row.rule.id, row.rule.title, *(f"{each.part.text} {each.part.cite}" for each in row.parts)])
    return all(word in said.casefold() for word in words.casefold().split())


def _is_wanted(row: PartRow, severity: str, counting: str) -> bool:
    if severity and row.part.severity.value != severity:
        return False
    match counting:
        case "counts":
            return row.part.is_enabled
        case "off":
            return not row.part.is_enabled
        case "decided":
            return row.review is not None
    return True
