"""A warning sign is recorded at once, keeps the dose where that was signed, and is cleared by a clinician alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, Prescriber, User
from patients.actor import acting_patient
from patients.models import ContactConsent, Patient, Plan, RedFlagReport, Taper
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers import using
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.errors import GatesOpen
from patients.services.tapers.requesting import propose
from patients.services.tapers.revising import StepBack
from patients.services.tapers.signing import Agreement
from protocols.domain.terms import Permissions
from tests.fixtures.lives import Life, day
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import on_day


def clear(life: Life, on: int, *, by: Actor | None = None, because: str = "Seen; haemorrhoids.") -> RedFlagReport:
    report = RedFlagReport.objects.latest("pk")
    return using.clear_red_flag(report, because=because, by=by or life.cho, at=on_day(on))


@pytest.fixture
def careful(
    plan: Plan,
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    consent: ContactConsent,
    by: Actor,
    price: Actor,
    angela: Patient,
    sign_taper: Callable[..., Taper],
) -> Life:
    """Signed without the permission to hold by itself."""
    taper = save_draft(plan, replace(angelas_draft, permissions=Permissions()), by=by, at=NOON)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    sign_taper(taper)
    return Life(taper.code, cho=by, price=price, angela=acting_patient(angela))


def test_where_it_was_signed_the_dose_stays_at_once(life: Life) -> None:
    report = life.reports(10, "vomiting-blood", "bloody-stool", "vomiting-blood")
    assert (report.flags, report.on, report.by_kind) == (["bloody-stool", "vomiting-blood"], day(10), "patient")
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "red-flag")


def test_without_that_permission_it_is_recorded_and_people_decide(careful: Life) -> None:
    careful.reports(10)
    assert (careful.status, RedFlagReport.objects.count()) == ("active", 1)


def test_while_it_is_held_already_the_sign_is_recorded_too(life: Life) -> None:
    life.hold(9)
    life.reports(10)
    assert (RedFlagReport.objects.count(), life.hold_that_is_on.reason_kind) == (1, "clinician")


def test_before_its_first_day_it_keeps_the_first_day(life: Life) -> None:
    life.reports(-2)
    assert life.status == "held"
    assert life.course.steps == ()


def test_after_the_last_step_it_is_recorded(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 113)
    life.reports(120)
    assert (life.status, RedFlagReport.objects.count()) == ("watching", 1)


@pytest.mark.parametrize("flags", [[], ["a-headache"], ["bloody-stool", "a-headache"]])
def test_what_is_no_warning_sign_is_refused(life: Life, flags: list[str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        using.report_red_flags(life.taper, flags=flags, by=life.angela, at=on_day(10))
    assert refused.value.field == "flags"
    assert life.status == "active"


def test_reported_twice_on_one_day_it_is_one_report(life: Life) -> None:
    assert life.reports(10) == life.reports(10)
    assert life.reports(10, "swallowing") != RedFlagReport.objects.earliest("pk")
    assert life.reports(11).on == day(11)
    assert RedFlagReport.objects.count() == 3


def test_reported_again_after_it_was_cleared_it_is_another(life: Life) -> None:
    first = life.reports(10)
    clear(life, 10)
    life.resume(10)
    assert life.reports(10) != first
    assert life.status == "held"


def test_who_reports_it(
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
            using.report_red_flags(life.taper, flags=["bloody-stool"], by=by, at=on_day(10))
    assert life.status == "active"


def test_it_is_cleared_with_what_was_found(life: Life) -> None:
    life.reports(10)
    with pytest.raises(InvalidRequest) as refused:
        clear(life, 11, because=" ")
    assert refused.value.field == "because"
    report = clear(life, 11)
    assert (report.cleared_at, report.cleared_because, report.cleared_by_code) == (
        on_day(11),
        "Seen; haemorrhoids.",
        life.cho.code,
    )
    assert life.status == "held"


def test_it_is_cleared_once(life: Life) -> None:
    life.reports(10)
    clear(life, 11)
    with pytest.raises(Refused, match="reviewed already"):
        clear(life, 12)


def test_a_clinician_clears_it(life: Life, clinic: Clinic, assistant_1: User) -> None:
    life.reports(10)
    for by in (life.angela, for_system(), staff_in(clinic, assistant_1)):
        with pytest.raises(NotAllowed):
            clear(life, 11, by=by)
    assert clear(life, 11, by=life.price).cleared_by_kind == "prescriber"


def test_a_sign_of_a_taper_that_has_ended_is_cleared_too(life: Life) -> None:
    life.reports(10)
    life.stop(11)
    assert clear(life, 12).cleared_at == on_day(12)


def test_while_one_is_open_no_later_version_is_signed(careful: Life) -> None:
    careful.changes(1, 29)
    careful.draw_up(StepBack(), first=45, on=40)
    careful.propose(40)
    careful.reports(41)
    with pytest.raises(Refused, match="says something else by now"):
        careful.sign(42)
    clear(careful, 43)
    careful.sign(43)
    assert careful.mg(45) == 20


def test_one_that_is_drawn_up_while_it_is_open_is_never_lifted(careful: Life) -> None:
    careful.changes(1, 29)
    careful.reports(39)
    careful.draw_up(StepBack(), first=45, on=40)
    careful.propose(40)
    with pytest.raises(GatesOpen) as refused:
        careful.sign(41)
    assert refused.value.gates == ["G9"]
    with pytest.raises(InvalidRequest):
        careful.sign(41, agreement=Agreement(lifted={"G9": "It will pass."}))
