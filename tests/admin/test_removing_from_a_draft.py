"""Taking parts out of a draft, and giving them other keys: nothing goes silently, and nothing breaks."""

from typing import Any

import pytest
from django.test import Client

from protocols.models import TemplateVersion
from tests.admin.conftest import text_of
from tests.admin.test_protocols import address, changed, draft, sent_by

__all__ = ["draft"]


def sent_with(page: Any, *parts: tuple[Any, dict[str, Any]]) -> dict[str, Any]:
    """The page's fields with those of several parts changed."""
    before = sent_by(page)
    sent = dict(before)
    for part, values in parts:
        new = changed(page, part, **values)
        sent |= {name: value for name, value in new.items() if before.get(name) != value}
    return sent


@pytest.mark.parametrize(
    "with_order", [{}, {"instructions": "With food."}, {"first_phase": "remove", "last_phase": "remove"}]
)
def test_a_phase_that_an_order_names_is_not_removed(
    cho: Client, draft: TemplateVersion, with_order: dict[str, Any]
) -> None:
    phase, order = draft.phases.get(key="replace"), draft.orders.get(key="enzymes")
    keys = {found.key: found.pk for found in draft.phases.all()}
    values = {name: keys.get(value, value) for name, value in with_order.items()}
    page = cho.get(address(draft))
    answer = cho.post(address(draft), sent_with(page, (phase, {"DELETE": "on"}), (order, values)))
    assert answer.status_code == 200
    words = text_of(answer)
    assert f"“{phase.title}” cannot be removed while orders begin or end there: {order.name}" in words
    assert draft.phases.filter(key="replace").exists()
    assert draft.orders.get(key="enzymes").first_phase == phase


def test_an_order_does_not_move_into_a_phase_that_is_removed(cho: Client, draft: TemplateVersion) -> None:
    order, phase = draft.orders.get(key="enzymes"), draft.phases.get(key="replace")
    others = {"DELETE": "on"}
    page = cho.get(address(draft))
    free = draft.phases.exclude(pk__in=draft.orders.values("first_phase")).exclude(
        pk__in=draft.orders.values("last_phase")
    )
    target = free.first()
    assert target is not None
    sent = sent_with(page, (target, others), (order, {"first_phase": target.pk, "last_phase": target.pk}))
    answer = cho.post(address(draft), sent)
    assert answer.status_code == 200
    assert f"“{target.title}” cannot be removed" in text_of(answer)
    order.refresh_from_db()
    assert order.first_phase == phase


def test_a_phase_is_removed_together_with_its_orders(cho: Client, draft: TemplateVersion) -> None:
    phase = draft.phases.get(key="replace")
    orders = draft.orders.filter(first_phase=phase) | draft.orders.filter(last_phase=phase)
    marks = [(part, {"DELETE": "on"}) for part in [phase, *orders]]
    assert cho.post(address(draft), sent_with(cho.get(address(draft)), *marks)).status_code == 302
    assert not draft.phases.filter(key="replace").exists()
    assert not draft.orders.filter(key="enzymes").exists()


def test_swapping_the_keys_of_two_phases_is_a_sentence(cho: Client, draft: TemplateVersion) -> None:
    first, second = draft.phases.get(key="replace"), draft.phases.get(key="repair")
    sent = sent_with(cho.get(address(draft)), (first, {"key": "repair"}), (second, {"key": "replace"}))
    answer = cho.post(address(draft), sent)
    assert answer.status_code == 200
    assert "The key “repair” still belongs to another part." in text_of(answer)


def test_swapping_the_keys_of_two_orders_is_a_sentence(cho: Client, draft: TemplateVersion) -> None:
    first, second = draft.orders.get(key="enzymes"), draft.orders.get(key="glutamine")
    sent = sent_with(cho.get(address(draft)), (first, {"key": "glutamine"}), (second, {"key": "enzymes"}))
    answer = cho.post(address(draft), sent)
    assert answer.status_code == 200
    assert "The key “glutamine” still belongs to another part." in text_of(answer)


def test_swapping_the_keys_of_two_criteria_is_a_sentence(cho: Client, draft: TemplateVersion) -> None:
    first, second, *_ = draft.phases.get(key="remove").criteria.order_by("pk")
    sent = sent_with(cho.get(address(draft)), (first, {"key": second.key}), (second, {"key": first.key}))
    answer = cho.post(address(draft), sent)
    assert answer.status_code == 200
    assert f"The key “{second.key}” still belongs to another part." in text_of(answer)
