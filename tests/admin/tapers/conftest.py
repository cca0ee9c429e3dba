"""Filling in the pages about tapers as a browser would."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from patients.models import MedicineUse, Plan, Taper
from protocols.domain.gates import ASKED, INDICATION
from tests.admin.conftest import hidden
from tests.fixtures.tapers import FIRST_DAY

Filled = dict[str, Any]

_INPUT = re.compile(r"<input\b[^>]*>")
_SELECT = re.compile(r"(?s)<select\b([^>]*)>(.*?)</select>")
_TEXTAREA = re.compile(r"(?s)<textarea\b([^>]*)>(.*?)</textarea>")
_OPTION = re.compile(r'(?s)<option value="([^"]*)"[^>]*\bselected\b')


def filled_in(page: HttpResponse) -> Filled:
    """What the forms of this page would send as they stand, without any button."""
    body = page.content.decode()
    sent: Filled = {}
    for tag in _INPUT.findall(body):
        name, kind = _of(tag, "name"), _of(tag, "type") or "text"
        if not name or kind in {"submit", "button", "file", "search"}:
            continue
        if kind in {"checkbox", "radio"} and not re.search(r"\schecked(?=[\s>/=])", tag):
            continue
        sent[name] = _of(tag, "value") or ("on" if kind == "checkbox" else "")
    for attributes, options in _SELECT.findall(body):
        if name := _of(attributes, "name"):
            chosen = _OPTION.search(options)
            first = re.search(r'<option value="([^"]*)"', options)
            sent[name] = unescape((chosen or first)[1]) if (chosen or first) else ""  # type: ignore[index]
    for attributes, text in _TEXTAREA.findall(body):
        if name := _of(attributes, "name"):
            sent[name] = unescape(text.strip())
    return sent


def _of(tag: str, attribute: str) -> str:
    found = re.search(rf'\s{attribute}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


NO_STOPS = {f"gates-{gate.id}": "no" for gate in ASKED if gate is not INDICATION}
ANGELAS = NO_STOPS | {
    "gates-asked_source": "Angela, in person",
    "who-planned_first_day": FIRST_DAY.isoformat(),
    "terms-indication": "Heartburn, resolved",
    "terms-indication_code": "R12",
    "terms-rescue_medicine": "Alginate",
    "terms-rescue_directions": "10 mL after meals and at bedtime when needed",
    "terms-alert_route": "email",
    "covering-reason": "Symptoms have resolved.",
}
"""What dr_cho types beyond what the page proposes."""


def sheet_address(plan: Plan, use: MedicineUse) -> str:
    return reverse("admin:patients_plan_draw_up", args=[plan.code, use.code])


def taper_address(taper: Taper, page: str = "change", *more: str) -> str:
    return reverse(f"admin:patients_taper_{page}", args=[taper.code, *more])


@pytest.fixture
def type_draft() -> Callable[..., Any]:
    """Open a sheet, type into it, look at the preview, and save: type_draft(client, address, {"field": "…"}).

    save False: only the preview. What is asked for twice, since it came out otherwise than shown, is confirmed.
    """

    def typed(client: Client, address: str, data: Filled | None = None, *, save: bool = True) -> Any:
        page = client.get(address)
        assert page.status_code == 200, page
        sent = {name: value for name, value in (filled_in(page) | ANGELAS | (data or {})).items() if value is not None}
        shown = client.post(address, sent | {"_preview": "1"})
        if not save:
            return shown
        assert shown.status_code == 200, shown
        return client.post(address, sent | {"shown": hidden(shown, "shown"), "_save": "1"})

    return typed
