"""What the orders of a template say of the catalogue is copied into the plan."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor, for_system
from clinics.models import User
from patients.models import Order, Patient
from patients.services.assign import assign, preview
from patients.services.orders.changing import change
from patients.services.orders.says import says_of
from protocols.models import Supplement, TemplateVersion
from protocols.services.catalogue_loading import load_catalogue
from protocols.services.catalogue_writing import retire_row
from protocols.services.packs import load_pack
from protocols.services.templates import publish
from tests.fixtures.personae import NOON, TODAY


@pytest.fixture
def shipped_version(angela: Patient, by: Actor) -> TemplateVersion:
    load_catalogue(by=for_system(), at=NOON)
    return publish(load_pack("five-phase", clinic=angela.clinic, by=by, at=NOON).version, by=by, at=NOON)


def test_a_plan_says_which_supplements_it_means_and_how_they_begin(
    angela: Patient, dr_cho: User, by: Actor, shipped_version: TemplateVersion
) -> None:
    with CaptureQueriesContext(connection) as captured:
        plan = assign(angela, shipped_version, starts_on=TODAY, practitioner=dr_cho, request_key="one", by=by, at=NOON)
    assert not [query for query in captured if 'FROM "protocols_supplement"' in query["sql"]]
    rows = plan.orders.select_related("supplement")
    said = {
        order.key: (order.supplement.key, order.starts_after_days, order.titration)
        for order in rows
        if order.supplement is not None
    }
    slowly = [{"days": 3, "amount": "1.5 g"}, {"days": 3, "amount": "3 g"}]
    assert said == {
        "digestive-enzymes": ("digestive-enzymes", 0, []),
        "prebiotic-fibre": ("phgg-powder", 0, slowly),
        "probiotic": ("probiotic-many-strains", 14, []),
        "glutamine": ("glutamine-powder", 0, []),
        "zinc-carnosine": ("zinc-carnosine-37-5", 4, []),
        "glutathione": ("glutathione-250", 8, []),
        "vitamin-d": ("vitamin-d3", 12, []),
        "magnesium": ("magnesium", 16, []),
    }
    assert all(order.starts_on is None for order in rows)


def test_the_preview_shows_every_order_on_the_days_on_which_it_will_lie(
    angela: Patient, dr_cho: User, by: Actor, shipped_version: TemplateVersion
) -> None:
    shown = preview(angela, shipped_version, starts_on=TODAY, by=by, at=NOON)
    plan = assign(angela, shipped_version, starts_on=TODAY, practitioner=dr_cho, request_key="one", by=by, at=NOON)
    lies = {order.key: (order.window, order.waits) for order in plan.orders.to_reckon()}
    assert {row.order.key: (row.window, row.waits) for row in shown.orders} == lies
    begins = {row.order.key: row.window.first for row in shown.orders if row.window is not None}
    repair = next(item.window.first for item in shown.phases if item.phase.key == "repair")
    assert begins["magnesium"] == repair + timedelta(days=16)


def test_the_preview_names_what_is_no_longer_in_the_catalogue(
    angela: Patient, by: Actor, shipped_version: TemplateVersion
) -> None:
    assert preview(angela, shipped_version, starts_on=TODAY, by=by, at=NOON).notes == []
    retire_row(Supplement.objects.get(clinic__isnull=True, key="magnesium"), by=by, at=NOON)
    (note,) = preview(angela, shipped_version, starts_on=TODAY, by=by, at=NOON).notes
    assert note.startswith("No longer in the catalogue: Magnesium")


def test_what_is_no_longer_in_the_catalogue_is_still_filled_in_while_the_plan_is_a_draft(
    angela: Patient, dr_cho: User, by: Actor, shipped_version: TemplateVersion
) -> None:
    plan = assign(angela, shipped_version, starts_on=TODAY, practitioner=dr_cho, request_key="one", by=by, at=NOON)
    order = Order.objects.to_reckon().select_related("supplement").get(plan=plan, key="magnesium")
    assert order.supplement is not None
    retire_row(order.supplement, by=by, at=NOON)
    says = replace(says_of(order), instructions="In the evening.")
    assert change(order, says=says, by=by, at=NOON, revision=plan.revision).instructions == "In the evening."
