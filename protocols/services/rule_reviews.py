"""What a clinic decided about safety rules: that a part counts here with its source, or that it does not.

A decision is about one version of a rule; what is said of another version no longer counts. It is ended by the next
one, and kept.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db import transaction

from clinics.actor import Actor, require
from clinics.domain.instants import civil_date, zone
from clinics.models import Clinic
from clinics.roles import Act
from protocols.domain.safety_rules import Knowledge, ReviewError, Rule, RulePart, RuleReview, reviewed
from protocols.domain.sources import HowRead
from protocols.models import SafetyRuleReview
from protocols.services.knowledge import shipped_knowledge


class NoSuchRule(Exception):
    """There is no such rule, or it has no such part."""

    def __init__(self) -> None:
        super().__init__("There is no such rule. Look at the list again.")


class RuleChanged(Exception):
    """The rule, or what the clinic decided about it, is no longer what was on the screen."""

    def __init__(self) -> None:
        super().__init__("This rule, or a decision about it, has just been changed. Look at it again, then decide.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSource:
    """Where a rule was read: as it would be cited, its year, and how."""

    cite: str
    year: int | None
    how_read: HowRead | None


def knowledge_of(clinic: Clinic) -> Knowledge:
    """The rules as this clinic has them: the shipped edition, with the clinic’s decisions that are in force."""
    rows = SafetyRuleReview.objects.in_force().filter(clinic=clinic).order_by("rule", "part", "pk")
    return _with(shipped_knowledge(), tuple(_as_review(row) for row in rows))


@lru_cache(maxsize=64)
def _with(shipped: Knowledge, reviews: tuple[RuleReview, ...]) -> Knowledge:
    return shipped.with_reviews(reviews)


def review_in_force(clinic: Clinic, rule: Rule, part: RulePart) -> SafetyRuleReview | None:
    """What the clinic decided about this part, if that is about this version of the rule."""
    rows = SafetyRuleReview.objects.in_force().filter(clinic=clinic, rule=rule.id, part=part.key)
    return rows.filter(rule_version=str(rule.version)).first()


def let_count(
    clinic: Clinic, *, rule: str, part: str, source: ReadSource, seen: str, by: Actor, at: datetime
) -> SafetyRuleReview:
    """Let this part count here, on the strength of a source that somebody read.

    seen: the code of the decision that was on the screen, empty for none. Raises `ReviewError`, whose field says what
    is missing, `NoSuchRule` and `RuleChanged`.
    """
    require(by, Act.REVIEW_RULES, clinic=clinic)
    row = SafetyRuleReview(
        is_enabled=True,
        cite=source.cite.strip(),
        year=source.year,
        how_read=source.how_read.value if source.how_read else "",
    )
    return _decide(clinic, row, rule=rule, part=part, seen=seen, by=by, at=at)


def let_not_count(
    clinic: Clinic, *, rule: str, part: str, reason: str, seen: str, by: Actor, at: datetime
) -> SafetyRuleReview:
    """Let this part count here no longer. Never what stops an order. Raises as `let_count` does."""
    require(by, Act.REVIEW_RULES, clinic=clinic)
    row = SafetyRuleReview(is_enabled=False, reason=reason.strip())
    return _decide(clinic, row, rule=rule, part=part, seen=seen, by=by, at=at)


@transaction.atomic
def take_back(clinic: Clinic, *, rule: str, part: str, seen: str, by: Actor, at: datetime) -> None:
    """End the clinic’s own decision: the part counts, or not, as it was shipped."""
    require(by, Act.REVIEW_RULES, clinic=clinic)
    _end(clinic, rule=rule, part=part, seen=seen, by=by, at=at, must_be_there=True)


@transaction.atomic
def _decide(
    clinic: Clinic, row: SafetyRuleReview, *, rule: str, part: str, seen: str, by: Actor, at: datetime
) -> SafetyRuleReview:
    known, known_part = rule_and_part(rule, part)
    _end(clinic, rule=rule, part=part, seen=seen, by=by, at=at)
    row.clinic, row.rule, row.part, row.rule_version = clinic, rule, part, str(known.version)
    row.reviewed_at, row.reviewed_on = at, _today(clinic, at)
    row.reviewed_by_kind, row.reviewed_by_code = by.kind.value, by.code
    # The domain says whether it can stand; a part that ships with a source needs no second one, and gets none.
    if row.is_enabled and known_part.is_enabled:
        raise ReviewError("This part counts already, as it was shipped.", field="enabled")
    reviewed(known_part, _as_review(row))
    row.save()
    return row


def _end(
    clinic: Clinic, *, rule: str, part: str, seen: str, by: Actor, at: datetime, must_be_there: bool = False
) -> None:
    # The clinic is locked, so that two who decide at once wait for each other.
    Clinic.objects.select_for_update(of=("self",)).get(pk=clinic.pk)
    before = SafetyRuleReview.objects.in_force().filter(clinic=clinic, rule=rule, part=part).first()
    if (before.code if before else "") != seen or (must_be_there and before is None):
        raise RuleChanged
    if before is not None:
        before.ended_at, before.ended_by_kind, before.ended_by_code = at, by.kind.value, by.code
        before.save(update_fields=["ended_at", "ended_by_kind", "ended_by_code"])


def rule_and_part(rule: str, part: str) -> tuple[Rule, RulePart]:
    """As they ship. Raises `NoSuchRule`."""
    known = shipped_knowledge().rule(rule)
    known_part = known.part(part) if known is not None else None
    if known is None or known_part is None:
        raise NoSuchRule
    return known, known_part


def _today(clinic: Clinic, at: datetime) -> date:
    return civil_date(at, zone(clinic.zone))


def _as_review(row: SafetyRuleReview) -> RuleReview:
    return RuleReview(
        rule=row.rule,
        part=row.part,
        rule_version=int(row.rule_version),
        enabled=row.is_enabled,
        cite=row.cite,
        year=row.year,
        how_read=HowRead(row.how_read) if row.how_read else None,
        reviewer=row.reviewed_by_code,
        reviewed_on=row.reviewed_on,
        reason=row.reason,
    )
