"""What is taken in the demonstration: all of Angela’s plan, what is found of it, and two orders that a rule stops."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from clinics.actor import for_system
from gutclinic.demo.building import build
from gutclinic.demo.cast import further_patients
from gutclinic.demo.stopped_orders import OVERRIDDEN, STOPPED, STORIES
from patients.models import Finding, MedicineUse, Order, Plan, Reminder
from patients.services.day.timetable import timetable_of
from patients.services.orders.changes_ahead import clashes_of
from patients.services.orders.stock import at_home
from protocols.models import PurchasePlace, Supplement
from tests.fixtures.personae import NOON, TODAY


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The clinic with nobody further in it than those of whom a rule stops something, built once and taken back."""
    cast = [told for told in further_patients() if told[0].number in STORIES]
    with django_db_blocker.unblock(), transaction.atomic():
        build(system=for_system(), at=NOON, cast=cast)
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("built")]


def angelas() -> Plan:
    return Plan.objects.get(patient__given_name="Angela")


def plan_of(number: int) -> Plan:
    return Plan.objects.get(patient__family_name=f"{number:03}")


def test_angelas_plan_carries_everything_that_the_phases_name() -> None:
    assert {
        *("digestive-enzymes", "prebiotic-fibre", "probiotic", "glutamine", "glutathione", "zinc-carnosine"),
        *("vitamin-d", "magnesium", "famotidine", "rifaximin"),
    } <= set(angelas().orders.values_list("key", flat=True))
    probiotic = angelas().orders.get(key="probiotic")
    assert str(probiotic.amount) == "10 10*9.[CFU]"
    assert probiotic.supplement is not None
    assert probiotic.supplement.ingredients.count() > 5


def test_her_prescriber_prescribes_what_needs_one() -> None:
    prescribed = angelas().orders.filter(prescriber__name="Dr Price").values_list("key", flat=True)
    assert set(prescribed) == {"famotidine", "rifaximin"}
    uses = MedicineUse.objects.filter(patient__given_name="Angela", prescriber__name="Dr Price").values_list(
        "substance", flat=True
    )
    assert set(uses) == {"levothyroxine", "omeprazole"}


def test_her_day_places_everything_and_magnesium_hours_from_the_thyroid_tablet() -> None:
    table = timetable_of(angelas(), on=TODAY)
    times = {(item.thing.name, time.clock) for time in table.times for item in time.items}
    assert ("Levothyroxine", "6:30") in times
    assert ("Omeprazole", "7:00") in times
    assert ("Magnesium bisglycinate", "18:30") in times
    assert {at for name, at in times if name == "L-glutamine"} == {"7:30", "12:45", "18:30"}
    assert not table.clashes
    assert Finding.objects.get(plan=angelas(), rule="R12").is_kept


def test_the_right_findings_stand_and_only_those() -> None:
    standing = Finding.objects.standing().filter(plan=angelas())
    assert {(each.rule, each.part, each.status) for each in standing} == {
        ("ONE-CHANGE", "main", "open"),
        ("R12", "main", "open"),
        ("R30", "c-difficile", "open"),
        ("R31", "main", "acknowledged"),
        ("R32", "main", "open"),
        ("R36", "main", "acknowledged"),
    }


def test_her_glutamine_runs_low_and_she_and_the_clinic_are_to_be_told() -> None:
    glutamine = next(each for each in at_home(angelas(), today=TODAY) if each.supply.name == "L-glutamine")
    # 90 g two days ago; then three times 2.5 g and three times 5 g were to be taken.
    assert glutamine.left == Decimal("67.5")
    assert glutamine.run_out.planned_on is not None
    assert (glutamine.run_out.planned_on - TODAY).days == 4
    told = Reminder.objects.filter(plan=angelas(), order__key="glutamine").values_list("recipient_kind", flat=True)
    assert set(told) == {"patient", "staff"}


def test_two_changes_too_close_to_each_other_are_found_with_a_day_for_one() -> None:
    clash = clashes_of(angelas(), on=TODAY)[0]
    assert {change.label for change in clash.changes} == {"Deglycyrrhizinated licorice (DGL)", "Glutathione"}
    assert clash.moves[0].after > clash.moves[0].before


def test_a_betaine_beside_an_nsaid_stays_stopped() -> None:
    finding = Finding.objects.get(plan=plan_of(STOPPED), rule="R01")
    order = Order.objects.get(plan=plan_of(STOPPED), key="betaine-hydrochloride")
    assert (finding.status, finding.stops, order.is_blocked) == ("open", [order.code], True)
    assert not order.is_due_on(TODAY)


def test_what_its_prescriber_overrode_is_taken() -> None:
    finding = Finding.objects.get(plan=plan_of(OVERRIDDEN), rule="R33")
    assert finding.decided_by_prescriber is not None
    assert (finding.status, finding.decided_by_prescriber.name) == ("overridden", "Dr Price")
    assert Order.objects.get(plan=plan_of(OVERRIDDEN), key="omeprazole").is_due_on(TODAY)


def test_the_clinic_has_a_supplement_of_its_own_and_says_what_it_earns() -> None:
    own = Supplement.objects.get(clinic__name="Lindenhof practice")
    assert set(PurchasePlace.objects.filter(supplement=own).values_list("financial_interest", flat=True)) == {
        "sells",
        "none",
    }
