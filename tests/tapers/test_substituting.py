"""A strength that the pharmacy has not got: the same dose in other units, where the prescriber signed for it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, Prescriber, User
from patients.actor import acting_patient
from patients.models import ContactConsent, Patient, Plan, Signature, Substitution, Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers import substituting
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.errors import DoorClosed
from patients.services.tapers.requesting import propose
from patients.services.tapers.revising import Extension, StepBack
from protocols.domain.amount import Amount
from protocols.domain.equivalents import Swap
from protocols.domain.terms import Permissions
from tests.fixtures.lives import Life, day
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day

TWENTY, TEN = Amount.parse("20 mg"), Amount.parse("10 mg")


def swap_of(life: Life, strength: Amount = TWENTY) -> Swap:
    """2 × 10 mg for 20 mg."""
    found = substituting.substitutes(life.taper, strength)
    return next(
        swap for swap in found if [(str(units.strength), units.count) for units in swap.units] == [("10 mg", 2)]
    )


def substitute(life: Life, on: int, *, by: Actor | None = None) -> Substitution:
    taper = life.taper
    return substituting.substitute(
        taper, strength=TWENTY, swap=swap_of(life), by=by or life.cho, at=on_day(on), revision=taper.revision
    )


def there_again(life: Life, on: int) -> None:
    taper = life.taper
    substituting.end_substitution(taper, strength=TWENTY, by=life.cho, at=on_day(on), revision=taper.revision)


def units(life: Life, number: int) -> list[tuple[str, int]]:
    """What is taken that day, as strength and count."""
    doses = life.course.doses_on(day(number))
    return [(str(each.strength), int(each.count)) for dose in doses for each in dose.units]


ONE_OF_20, TWO_OF_10 = [("20 mg", 1)], [("10 mg", 2)]


def test_from_that_day_the_same_dose_is_made_of_others(life: Life) -> None:
    substitute(life, 10)
    assert [units(life, number) for number in (9, 10, 28)] == [ONE_OF_20, TWO_OF_10, TWO_OF_10]
    assert units(life, 29) == [("10 mg", 1)]
    assert life.all_mg(range(1, 30)) == [20] * 28 + [10]
    assert Signature.objects.count() == 1


def test_once_it_is_there_again_it_is_taken_again(life: Life) -> None:
    substitute(life, 10)
    there_again(life, 15)
    assert [units(life, number) for number in (9, 10, 14, 15)] == [ONE_OF_20, TWO_OF_10, TWO_OF_10, ONE_OF_20]


def test_taken_back_on_its_first_day_it_never_was(life: Life) -> None:
    substitute(life, 10)
    there_again(life, 10)
    assert units(life, 10) == ONE_OF_20


def test_chosen_again_the_newer_choice_counts(life: Life) -> None:
    substitute(life, 10)
    substitute(life, 12)
    assert [units(life, number) for number in (10, 11, 12, 20)] == [TWO_OF_10] * 4
    assert Substitution.objects.filter(last_day__isnull=True).count() == 1


def test_what_nothing_stands_in_for_does_not_end(life: Life) -> None:
    with pytest.raises(Refused, match="Nothing stands in"):
        there_again(life, 10)


def test_units_that_do_not_add_up_are_refused(life: Life) -> None:
    swap = swap_of(life)
    other = replace(swap, units=(replace(swap.units[0], count=swap.units[0].count + 1),))
    taper = life.taper
    with pytest.raises(InvalidRequest) as refused:
        substituting.substitute(taper, strength=TWENTY, swap=other, by=life.cho, at=on_day(10), revision=taper.revision)
    assert refused.value.field == "swap"


def test_a_practitioner_decides(life: Life, clinic: Clinic, assistant_1: User) -> None:
    for by in (life.angela, life.price, for_system(), staff_in(clinic, assistant_1)):
        with pytest.raises(NotAllowed):
            substitute(life, 10, by=by)
    assert not Substitution.objects.exists()


def test_what_was_never_signed_has_no_units_to_change(unsigned: Life) -> None:
    with pytest.raises(Refused, match="not running"):
        substitute(unsigned, 10)


def test_without_that_permission_a_new_version_is_asked_for(
    plan: Plan,
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    consent: ContactConsent,
    by: Actor,
    price: Actor,
    angela: Patient,
    sign_taper: Callable[..., Taper],
) -> None:
    taper = save_draft(plan, replace(angelas_draft, permissions=Permissions()), by=by, at=NOON)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    sign_taper(taper)
    with pytest.raises(DoorClosed, match="did not sign for other strengths"):
        substitute(Life(taper.code, cho=by, price=price, angela=acting_patient(angela)), 10)


def test_it_goes_on_in_a_later_version(life: Life) -> None:
    """The pharmacy has no more of the strength because a step lasts longer."""
    life.changes(1)
    substitute(life, 10)
    life.revise(Extension(7), first=15, on=12)
    assert [units(life, number) for number in (14, 15, 35)] == [TWO_OF_10] * 3
    there_again(life, 20)
    assert [units(life, number) for number in (14, 15, 19, 20)] == [TWO_OF_10, TWO_OF_10, TWO_OF_10, ONE_OF_20]


def test_it_counts_in_a_version_that_is_signed_and_has_not_begun(life: Life) -> None:
    life.changes(1, 29)
    life.revise(StepBack(), first=45, on=40)
    substitute(life, 42)
    assert units(life, 45) == TWO_OF_10
    there_again(life, 43)
    assert units(life, 45) == ONE_OF_20


def test_while_a_later_version_waits_for_a_hold_to_end_it_counts_in_both(life: Life) -> None:
    life.changes(1)
    life.revise(Extension(7), first=15, on=12)
    life.hold(13)
    substitute(life, 20)
    assert [units(life, number) for number in (19, 20, 40)] == [ONE_OF_20, TWO_OF_10, TWO_OF_10]
    life.resume(22)
    assert [units(life, number) for number in (19, 20, 22, 25)] == [ONE_OF_20, TWO_OF_10, TWO_OF_10, TWO_OF_10]


def test_a_version_taken_back_and_drawn_up_anew_asks_for_the_permission_again(life: Life) -> None:
    life.changes(1)
    version = life.draw_up(Extension(7), first=15, on=12)
    assert version.terms().permissions.equivalents
