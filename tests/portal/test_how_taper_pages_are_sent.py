"""What the pages of a taper carry besides their words: no copy is kept, nothing foreign runs, few queries."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor, for_system
from clinics.models import Prescriber
from patients.actor import acting_patient
from patients.models import Door, Patient, Plan, SourceKind, Taper, UseKind
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers import holding, using
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose, send
from patients.services.tapers.supplying import record_supply
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.services.medicine_rows import medicine_rows_of
from protocols.services.medicines import write_medicine
from protocols.services.pack_files import MEDICINES, read_pack
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.portal.visits import Visit, VisitOn

PATHS = ["today", "", "diary/", "warning/"]
MOST_QUERIES = {"today": 24, "": 14, "diary/": 14, "warning/": 14}


@pytest.mark.parametrize("path", PATHS)
def test_no_copy_is_kept_and_nothing_foreign_runs(visit: VisitOn, path: str) -> None:
    page = visit(30)
    response = page.client.get(page.address(path))
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    html = response.content.decode()
    assert "<script" not in html
    assert "<style" not in html
    assert not re.search(r"\s(style|on\w+)=", html)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
    asked = re.findall(r'"/static/([^"]+)"', html)
    assert [name for name in asked if finders.find(name) is None] == []


@pytest.mark.parametrize("path", PATHS)
def test_addresses_and_titles_say_nothing_of_health(visit: VisitOn, path: str) -> None:
    page = visit(30)
    html = page.html(path)
    title = re.search(r"<title>(.*?)</title>", html)
    assert title is not None
    assert title[1] in {"Your day", "Your steps", "Your diary", "Warning signs"}
    addresses = " ".join(re.findall(r'(?:href|action)="([^"]+)"', html)).lower()
    assert "omeprazole" not in addresses
    assert "angela" not in addresses


@pytest.mark.parametrize("path", PATHS)
def test_a_page_costs_the_same_however_much_was_written(
    visit: VisitOn, taper: Taper, angela: Patient, by: Actor, path: str
) -> None:
    page = visit(40)
    few = queries(page, path)
    herself = acting_patient(angela)
    for number in range(27, 40):
        day = FIRST_DAY + timedelta(days=number)
        using.write_diary(taper, on=day, symptoms=3, rescue_doses=0, by=herself, at=on_day(40))
    for kind in UseKind:
        using.report_use(taper, kind=kind, by=herself, at=on_day(40))
    for strength in ("10 mg", "20 mg"):
        record_supply(taper, strength=Amount.parse(strength), count=Decimal(3), is_all=True, by=herself, at=on_day(40))
    for _ in range(3):
        taper.refresh_from_db()
        holding.hold(taper, reason="Travelling", by=by, at=on_day(40), revision=taper.revision)
        taper.refresh_from_db()
        holding.resume(taper, by=by, at=on_day(40), revision=taper.revision)
    using.report_red_flags(taper, flags=["swallowing"], by=herself, at=on_day(40))
    with_a_sign = queries(page, path)
    # Who is told of it is asked once: the consent, the address, its confirmations, and whose else it is.
    assert with_a_sign == few + 4
    using.report_red_flags(taper, flags=["weight-loss"], by=herself, at=on_day(40))
    assert queries(page, path) == with_a_sign
    assert few <= MOST_QUERIES[path]


def queries(page: Visit, path: str) -> int:
    page.html(path)
    with CaptureQueriesContext(connection) as captured:
        page.html(path)
    return len(captured)


@pytest.fixture
def second_taper(
    taper: Taper,
    plan: Plan,
    angela: Patient,
    dr_price: Prescriber,
    angelas_draft: Draft,
    sign_taper: Callable[..., Taper],
    by: Actor,
) -> Taper:
    """Famotidine comes down beside the omeprazole."""
    file_name, content = read_pack(MEDICINES, None)
    _, rows = medicine_rows_of(content, file_name=file_name)
    row = next(row for row in rows if row.medicine.key == "famotidine-tablet")
    famotidine = write_medicine(row.medicine, row.strengths, by=for_system(), at=NOON)
    use = add_medicine(
        angela,
        medicine=famotidine,
        amount=Amount.parse("40 mg"),
        pattern="daily",
        times_of_day=[Slot.BEDTIME],
        prescriber=dr_price,
        source=Source(kind=SourceKind.DOCUMENT, as_of=TODAY, note="The pharmacy’s list"),
        by=by,
        at=NOON,
    )
    draft = replace(
        angelas_draft,
        reduces=use,
        medicine=famotidine,
        start=((Slot.BEDTIME, Amount.parse("40 mg")),),
        recipe={"method": "strength_ladder", "days_per_step": 28},
    )
    second = save_draft(plan, draft, by=by, at=NOON)
    propose(second, shown=second.versions.get().sha256, by=by, at=NOON, revision=second.revision)
    second.refresh_from_db()
    send(second, door=Door.LINK, by=by, at=NOON, revision=second.revision)
    return sign_taper(Taper.objects.get(pk=second.pk))


def test_two_medicines_cost_what_one_costs(visit: VisitOn, request: pytest.FixtureRequest) -> None:
    page = visit(30)
    one = queries(page, "today")
    request.getfixturevalue("second_taper")
    page = visit(30)
    assert queries(page, "today") == one
    text = page.text("today")
    assert "Omeprazole" in text
    assert "Famotidine" in text
    assert page.html("today").count('id="medicine-') == len(set(re.findall('id="medicine-[^"]+"', page.html("today"))))
