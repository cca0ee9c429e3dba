"""A diary of symptoms and rescue doses; needed too often, the dose stays where the signature says so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, Prescriber, User
from patients.actor import acting_patient
from patients.models import ContactConsent, DiaryEntry, Patient, Plan, Taper, Told
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers import using
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose
from patients.services.tapers.revising import Extension
from protocols.domain.terms import Permissions, Rescue
from tests.fixtures.lives import Life, day
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day


@pytest.fixture
def automatic(
    plan: Plan,
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    consent: ContactConsent,
    by: Actor,
    price: Actor,
    angela: Patient,
    sign_taper: Callable[..., Taper],
) -> Life:
    """Signed with the permission to hold by itself: 3 days with rescue medicine within 5."""
    draft = replace(
        angelas_draft,
        permissions=Permissions(automatic_hold_at_threshold=True),
        rescue=Rescue(medicine="Alginate", directions="10 mL", threshold_days=3, within_days=5),
    )
    taper = save_draft(plan, draft, by=by, at=NOON)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    sign_taper(taper)
    return Life(taper.code, cho=by, price=price, angela=acting_patient(angela))


def write(life: Life, number: int, **facts: object) -> DiaryEntry:
    arguments = {"on": day(number), "symptoms": None, "rescue_doses": None} | facts
    return using.write_diary(life.taper, by=life.angela, at=on_day(number), **arguments)  # type: ignore[arg-type]


# --- What is written ----------------------------------------------------------------------------------------


def test_a_correction_replaces_what_stood_there(life: Life) -> None:
    first = write(life, 10, symptoms=3)
    second = write(life, 10, symptoms=7, rescue_doses=2, note=" After coffee. ")
    first.refresh_from_db()
    assert (first.replaced_at, second.replaced_at) == (on_day(10), None)
    assert (second.symptoms, second.rescue_doses, second.note) == (7, 2, "After coffee.")


def test_what_is_not_recorded_is_not_zero(life: Life) -> None:
    assert write(life, 10, symptoms=0).rescue_doses is None
    assert write(life, 11, rescue_doses=0).symptoms is None


def test_an_empty_day_is_not_written(life: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        write(life, 10, note="  ")
    assert refused.value.field == "symptoms"
    assert not DiaryEntry.objects.exists()


@pytest.mark.parametrize(("about", "ok"), [(1, False), (0, True), (-14, True), (-15, False)])
def test_it_takes_today_and_two_weeks_before(life: Life, about: int, ok: bool) -> None:
    if ok:
        write(life, 30, on=day(30 + about), symptoms=1)
        return
    with pytest.raises(InvalidRequest) as refused:
        write(life, 30, on=day(30 + about), symptoms=1)
    assert refused.value.field == "on"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"symptoms": 11}, "symptoms"),
        ({"symptoms": -1}, "symptoms"),
        ({"rescue_doses": -1}, "rescue_doses"),
        ({"rescue_doses": 51}, "rescue_doses"),
    ],
)
def test_numbers_that_cannot_be_are_refused(life: Life, facts: dict[str, int], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        write(life, 10, **facts)
    assert refused.value.field == field


def test_who_writes_it(
    life: Life, ben: Patient, clinic: Clinic, assistant_1: User, other_clinic: Clinic, dr_dee: User
) -> None:
    for by in (
        life.price,
        for_system(),
        acting_patient(ben),
        staff_in(clinic, assistant_1),
        staff_in(other_clinic, dr_dee),
    ):
        with pytest.raises(NotAllowed):
            using.write_diary(life.taper, on=day(10), symptoms=1, rescue_doses=None, by=by, at=on_day(10))
    using.write_diary(
        life.taper, on=day(10), symptoms=1, rescue_doses=None, told=Told.TELEPHONE, by=life.cho, at=on_day(10)
    )
    assert DiaryEntry.objects.get().by_kind == "staff"


def test_it_goes_on_while_it_is_watched_and_ends_with_the_taper(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 113)
    assert life.status == "watching"
    write(life, 120, symptoms=2)
    life.stop(121)
    with pytest.raises(Refused, match="not running"):
        write(life, 122, symptoms=2)


def test_a_day_is_hers_and_not_the_servers(life: Life) -> None:
    """A quarter past midnight in Berlin is still yesterday in UTC."""
    at = on_day(30) + timedelta(hours=12, minutes=15)
    entry = using.write_diary(life.taper, on=day(31), symptoms=1, rescue_doses=None, by=life.angela, at=at)
    assert entry.on == day(31)


# --- Rescue medicine too often ------------------------------------------------------------------------------


def test_needed_on_as_many_days_as_signed_the_dose_stays(automatic: Life) -> None:
    automatic.needs_rescue(30)
    automatic.needs_rescue(32)
    assert automatic.status == "active"
    automatic.needs_rescue(34)
    assert (automatic.status, automatic.hold_that_is_on.reason_kind) == ("held", "rescue-threshold")
    assert automatic.mg(60) == 10
    assert automatic.moves()[-1] == ("hold", "active", "held")


def test_without_that_permission_it_is_only_proposed(life: Life) -> None:
    for number in (30, 31, 32, 33):
        life.needs_rescue(number)
    assert life.status == "active"
    assert using.needs_rescue_too_often(life.taper, on=day(33))
    assert using.needs_rescue_too_often(life.taper, on=day(36))
    assert not using.needs_rescue_too_often(life.taper, on=day(37))


def test_days_further_apart_than_signed_do_not_add_up(automatic: Life) -> None:
    for number in (30, 32, 35, 38):
        automatic.needs_rescue(number)
    assert automatic.status == "active"


def test_a_day_counts_once_however_often_it_was_needed(automatic: Life) -> None:
    for doses in (1, 2, 3):
        automatic.needs_rescue(30, doses=doses)
    automatic.needs_rescue(31)
    assert automatic.status == "active"


def test_a_day_that_was_corrected_to_none_does_not_count(automatic: Life) -> None:
    automatic.needs_rescue(30)
    automatic.needs_rescue(31)
    automatic.needs_rescue(32, about=31, doses=0)
    automatic.needs_rescue(32)
    assert automatic.status == "active"


def test_days_written_down_later_count(automatic: Life) -> None:
    automatic.needs_rescue(34, about=32)
    automatic.needs_rescue(34, about=31)
    assert automatic.status == "active"
    automatic.needs_rescue(34, about=33)
    assert automatic.status == "held"


def test_days_before_the_last_hold_do_not_count_again(automatic: Life) -> None:
    for number in (30, 31, 32):
        automatic.needs_rescue(number)
    automatic.resume(33)
    automatic.needs_rescue(33)
    automatic.needs_rescue(34)
    assert automatic.status == "active"
    automatic.needs_rescue(35)
    assert automatic.status == "held"


def test_neither_do_they_in_a_later_version(automatic: Life) -> None:
    """The hold was of the first version; the second has begun meanwhile."""
    automatic.changes(1, 29)
    for number in (30, 31, 32):
        automatic.needs_rescue(number)
    automatic.resume(33)
    automatic.revise(Extension(7), first=34, on=33)
    automatic.needs_rescue(34)
    assert not using.needs_rescue_too_often(automatic.taper, on=day(34))
    assert automatic.status == "active"


def test_a_version_that_was_replaced_before_it_began_has_no_say(automatic: Life) -> None:
    automatic.changes(1, 29)
    automatic.revise(Extension(7), first=50, on=40)
    automatic.revise(Extension(3), first=45, on=41)
    for number in (42, 43, 44):
        automatic.needs_rescue(number)
    assert automatic.status == "held"
    assert automatic.hold_that_is_on.version.number == 1


def test_what_is_held_already_is_not_held_twice(automatic: Life) -> None:
    automatic.hold(29)
    for number in (30, 31, 32):
        automatic.needs_rescue(number)
    assert automatic.hold_that_is_on.reason_kind == "clinician"


def test_after_the_last_step_there_is_no_dose_to_keep(automatic: Life) -> None:
    automatic.changes(1, 29, 57, 85)
    automatic.sweeps(112, 113)
    for number in (114, 115, 116):
        automatic.needs_rescue(number)
    assert automatic.status == "watching"


def test_on_the_day_after_the_last_one_before_any_sweep_neither(automatic: Life) -> None:
    automatic.changes(1, 29, 57, 85)
    automatic.needs_rescue(113, about=111)
    automatic.needs_rescue(113, about=112)
    automatic.needs_rescue(113)
    assert automatic.status == "active"
