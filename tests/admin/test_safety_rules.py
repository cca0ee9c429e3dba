"""The safety rules in the workspace: all of them, one page each, and what a practitioner decides about them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.models import Clinic
from protocols.models import SafetyRuleReview
from protocols.services.knowledge import shipped_knowledge
from protocols.services.rule_reviews import knowledge_of
from tests.admin.conftest import text_of

LIST = "admin:protocols_safetyrulereview_changelist"


@pytest.fixture
def off() -> tuple[str, str]:
    """A part that ships switched off."""
    return next((rule.id, part.key) for rule in shipped_knowledge().rules for part in rule.parts if not part.is_enabled)


@pytest.fixture
def warns() -> tuple[str, str]:
    """A part that counts, and that may be switched off: it stops nothing."""
    return next(
        (rule.id, part.key)
        for rule in shipped_knowledge().rules
        for part in rule.parts
        if part.is_enabled and part.severity.value == "WARN"
    )


def decide(*where: str) -> str:
    return reverse("admin:protocols_safetyrulereview_decide", args=where)


def counts(clinic: Clinic, rule: str, part: str) -> bool:
    known = knowledge_of(clinic).rule(rule)
    assert known is not None
    found = known.part(part)
    assert found is not None
    return found.is_enabled


def test_every_rule_and_every_source_is_listed(cho: Client) -> None:
    page = text_of(cho.get(reverse(LIST)))
    for rule in shipped_knowledge().rules:
        assert f"{rule.id} {rule.title}" in page
        for part in rule.parts:
            assert " ".join(part.cite.split()) in page


def test_rules_are_searched_and_narrowed(cho: Client) -> None:
    def shown(**asked: str) -> set[str]:
        return {row.rule.id for row in cho.get(reverse(LIST), asked).context["rows"]}

    assert "R12" in shown(q="levothyroxine")
    assert "R01" not in shown(q="levothyroxine")
    assert "R01" in shown(severity="BLOCK")
    assert "R14" not in shown(severity="BLOCK")
    all_off = {rule.id for rule in shipped_knowledge().rules if any(not part.is_enabled for part in rule.parts)}
    assert shown(counting="off") == all_off
    assert shown(counting="decided") == set()
    assert shown(q="no such thing anywhere") == set()


def test_a_rule_counts_once_its_source_was_read(cho: Client, clinic: Clinic, off: tuple[str, str]) -> None:
    address = decide(*off, "on")
    said: dict[str, Any] = {"seen": "", "cite": "A review of 2024", "year": 2024, "how_read": "primary"}
    for missing in ("cite", "year", "how_read"):
        assert cho.post(address, said | {missing: ""}).status_code == 200
    assert not counts(clinic, *off)
    assert cho.post(address, said).status_code == 302
    assert counts(clinic, *off)
    words = text_of(cho.get(reverse("admin:protocols_safetyrulereview_rule", args=[off[0]])))
    assert "A review of 2024" in words
    assert "dr_cho" in words
    review = SafetyRuleReview.objects.get()
    assert cho.post(decide(*off, "back"), {"seen": review.code}).status_code == 302
    assert not counts(clinic, *off)


def test_our_own_choice_is_no_source(cho: Client, off: tuple[str, str]) -> None:
    said = {"seen": "", "cite": "I think so", "year": 2024, "how_read": "own"}
    assert cho.post(decide(*off, "on"), said).status_code == 200
    assert not SafetyRuleReview.objects.exists()


def test_a_rule_counts_no_longer_for_a_reason(cho: Client, clinic: Clinic, warns: tuple[str, str]) -> None:
    assert cho.post(decide(*warns, "off"), {"seen": "", "reason": ""}).status_code == 200
    assert counts(clinic, *warns)
    assert cho.post(decide(*warns, "off"), {"seen": "", "reason": "We ask each patient."}).status_code == 302
    assert not counts(clinic, *warns)


def test_what_stops_an_order_is_never_switched_off(cho: Client, clinic: Clinic) -> None:
    answer = cho.post(decide("R01", "main", "off"), {"seen": "", "reason": "We know better."})
    assert "cannot be switched off" in text_of(answer)
    assert counts(clinic, "R01", "main")


def test_two_who_decide_see_each_other(cho: Client, warns: tuple[str, str]) -> None:
    assert cho.post(decide(*warns, "off"), {"seen": "", "reason": "We ask each patient."}).status_code == 302
    answer = cho.post(decide(*warns, "off"), {"seen": "", "reason": "Once more."}, follow=True)
    assert "has just been changed" in text_of(answer)
    assert SafetyRuleReview.objects.count() == 1


def test_only_a_practitioner_decides(assistant: Client, off: tuple[str, str]) -> None:
    assert assistant.get(reverse(LIST)).status_code == 200
    assert assistant.get(decide(*off, "on")).status_code == 403
    said = {"seen": "", "cite": "A review of 2024", "year": 2024, "how_read": "primary"}
    assert assistant.post(decide(*off, "on"), said).status_code == 403
    assert not SafetyRuleReview.objects.exists()


def test_one_clinic_decides_nothing_for_another(
    cho: Client, dee: Client, clinic: Clinic, other_clinic: Clinic, warns: tuple[str, str]
) -> None:
    assert cho.post(decide(*warns, "off"), {"seen": "", "reason": "We ask each patient."}).status_code == 302
    assert counts(other_clinic, *warns)
    assert dee.get(reverse(LIST), {"clinic": clinic.code}).status_code == 404
    words = text_of(dee.get(reverse("admin:protocols_safetyrulereview_rule", args=[warns[0]])))
    assert "We ask each patient." not in words


def test_there_is_no_such_rule(cho: Client) -> None:
    assert cho.get(reverse("admin:protocols_safetyrulereview_rule", args=["R999"])).status_code == 404
    assert cho.get(decide("R01", "none", "off")).status_code == 404
    assert cho.get(decide("R01", "main", "delete")).status_code == 404
