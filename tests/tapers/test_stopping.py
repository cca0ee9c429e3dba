"""A taper that ends early: the patient reads an instruction, what was lived stays, and nothing more is scheduled."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from patients.actor import acting_patient
from patients.models import Patient, PrescriberAnswer, SigningRequest, Taper
from patients.services import plan_moves
from patients.services.errors import InvalidRequest, Refused, TaperStillOpen
from patients.services.tapers import stopping
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.revising import Extension, StepBack
from protocols.domain.phases import EndReason
from protocols.domain.taper_states import IllegalTaperMove
from tests.fixtures.lives import Life, day, ppi_1d
from tests.fixtures.tapers import on_day


def in_error(life: Life, on: int, reason: str = "Somebody else’s.") -> None:
    taper = life.taper
    stopping.enter_in_error(taper, reason=reason, by=life.cho, at=on_day(on), revision=taper.revision)


def statuses(life: Life) -> list[str]:
    return [version.status for version in life.taper.versions.order_by("number")]


def test_stopped_nothing_more_is_scheduled_from_that_day_on(life: Life) -> None:
    life.stop(40, instruction="Take 20 mg daily until we talk.")
    taper = life.taper
    assert (taper.status, taper.end, taper.ended_on) == ("stopped", "patients-choice", day(40))
    assert taper.instruction == "Take 20 mg daily until we talk."
    assert life.all_mg(range(1, 113)) == [int(ppi_1d(n)) for n in range(1, 40)] + [0] * 73
    assert statuses(life) == ["superseded"]
    assert life.moves()[-1] == ("stop", "active", "stopped")
    life.sweep(41)
    assert life.taper.looks_at is None


def test_once_she_has_seen_steps_stopping_needs_an_instruction(life: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        life.stop(40, instruction=" ")
    assert refused.value.field == "instruction"


@pytest.mark.parametrize("fixture", ["draft_taper", "sent_taper"])
def test_before_that_it_needs_none(
    request: pytest.FixtureRequest, fixture: str, life_of: Callable[[Taper], Life]
) -> None:
    life = life_of(request.getfixturevalue(fixture))
    life.stop(-5, instruction="")
    assert (life.status, statuses(life)) == ("stopped", ["withdrawn"])
    assert not SigningRequest.objects.filter(closed_at__isnull=True).exists()


@pytest.fixture
def life_of(by: Actor, price: Actor, angela: Patient) -> Callable[[Taper], Life]:
    return lambda taper: Life(taper.code, cho=by, price=price, angela=acting_patient(angela))


def test_stopped_while_held_the_lived_days_stay(life: Life) -> None:
    life.hold(30)
    life.stop(40)
    assert life.all_mg(range(1, 60)) == [int(ppi_1d(n)) for n in range(1, 30)] + [10] * 10 + [0] * 20
    assert not life.taper.versions.filter(holds__resumed_on__isnull=True, holds__isnull=False).exists()
    assert life.moves()[-1] == ("stop", "held", "stopped")


def test_stopped_before_its_first_day_nothing_was_ever_scheduled(life: Life) -> None:
    life.stop(-2)
    assert life.course.steps == ()


def test_stopped_while_held_before_its_first_day_nothing_was_ever_scheduled(life: Life) -> None:
    life.hold(-2)
    life.stop(6)
    assert life.course.steps == ()


def test_a_later_version_that_has_not_begun_never_does(life: Life) -> None:
    life.changes(1, 29)
    life.revise(StepBack(), first=50, on=40)
    life.stop(45)
    assert life.all_mg(range(29, 80)) == [10] * 16 + [0] * 35
    assert [step.version for step in life.course.steps] == [1, 1]


def test_stopped_on_the_first_day_of_a_later_version_it_never_began(life: Life) -> None:
    life.changes(1, 29)
    life.revise(StepBack(), first=50, on=40)
    life.stop(50)
    assert life.all_mg(range(45, 60)) == [10] * 5 + [0] * 10


def test_a_version_that_waits_is_withdrawn_and_its_link_dead(life: Life) -> None:
    life.changes(1, 29)
    life.draw_up(Extension(7), first=50, on=40)
    life.propose(40)
    life.send(40)
    life.stop(42)
    assert statuses(life) == ["superseded", "withdrawn"]
    assert not SigningRequest.objects.filter(closed_at__isnull=True).exists()


def test_stopped_after_the_last_step_it_ended_as_lived(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 113)
    life.stop(120)
    assert life.all_mg(range(1, 113)) == [int(ppi_1d(n)) for n in range(1, 113)]


@pytest.mark.parametrize("who", ["price", "angela", "system", "assistant"])
def test_the_practitioner_stops_it_and_nobody_else(life: Life, who: str, clinic: Clinic, assistant_1: User) -> None:
    actors = {
        "price": life.price,
        "angela": life.angela,
        "system": for_system(),
        "assistant": staff_in(clinic, assistant_1),
    }
    life.cho = actors[who]
    with pytest.raises(NotAllowed):
        life.stop(10)
    with pytest.raises(NotAllowed):
        in_error(life, 10)
    assert life.status == "active"


def test_what_has_ended_is_not_stopped_again(life: Life) -> None:
    life.stop(10)
    with pytest.raises(IllegalTaperMove):
        life.stop(11)
    with pytest.raises(Refused, match="No version of this taper is in force"):
        life.revoke(11)


def test_then_the_medicine_may_be_tapered_anew(life: Life, angelas_draft: Draft) -> None:
    life.stop(10)
    draft = replace(angelas_draft, planned_first_day=day(30))
    assert save_draft(life.taper.plan, draft, by=life.cho, at=on_day(12)).status == "draft"


# --- By the prescriber --------------------------------------------------------------------------------------


def test_revoked_she_reads_what_the_prescriber_says(life: Life) -> None:
    life.revoke(40, instruction="Take 20 mg daily and come to see me.")
    taper = life.taper
    assert (taper.status, taper.end, taper.instruction) == (
        "stopped",
        "revoked",
        "Take 20 mg daily and come to see me.",
    )
    assert statuses(life) == ["revoked"]
    answer = PrescriberAnswer.objects.latest("pk")
    assert (answer.kind, answer.by_kind, answer.text) == ("revoke", "prescriber", taper.instruction)
    assert life.all_mg(range(1, 60)) == [int(ppi_1d(n)) for n in range(1, 40)] + [0] * 20
    assert life.moves()[-1] == ("revoke", "active", "stopped")


def test_revoked_before_a_later_version_begins_both_end(life: Life) -> None:
    life.changes(1, 29)
    life.revise(StepBack(), first=50, on=40)
    life.revoke(42)
    assert statuses(life) == ["superseded", "revoked"]
    assert life.all_mg(range(40, 60)) == [10, 10] + [0] * 18


def test_revoking_says_what_to_do_instead(life: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        life.revoke(40, instruction="")
    assert refused.value.field == "instruction"


def test_nobody_revokes_for_a_prescriber(life: Life) -> None:
    for by in (life.cho, life.angela, for_system()):
        life.price = by
        with pytest.raises(NotAllowed):
            life.revoke(10)
    assert life.status == "active"


def test_what_was_never_signed_is_declined_and_not_revoked(unsigned: Life) -> None:
    with pytest.raises(Refused, match="No version of this taper is in force"):
        unsigned.revoke(-5)
    assert PrescriberAnswer.objects.count() == 0


# --- Entered in error ---------------------------------------------------------------------------------------


def test_entered_in_error_it_is_kept_and_counts_no_more(life: Life) -> None:
    in_error(life, 10)
    taper = life.taper
    assert (taper.status, taper.end, taper.ended_on) == ("entered-in-error", "", day(10))
    assert taper.versions.count() == 1
    assert life.moves()[-1] == ("enter-in-error", "active", "entered-in-error")


def test_it_says_why(life: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        in_error(life, 10, reason="")
    assert refused.value.field == "reason"


def test_what_has_ended_may_be_marked_too_and_keeps_its_day(life: Life) -> None:
    life.stop(10)
    in_error(life, 20)
    assert (life.status, life.taper.ended_on) == ("entered-in-error", day(10))
    with pytest.raises(IllegalTaperMove):
        in_error(life, 21)


# --- The plan -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("move", ["complete", "revoke", "enter_in_error"])
def test_the_plan_stays_open_as_long_as_its_taper(life: Life, move: str) -> None:
    plan = life.taper.plan
    arguments = {
        "complete": {},
        "revoke": {"end_reason": EndReason.PATIENTS_CHOICE},
        "enter_in_error": {"reason": "Typed wrong."},
    }[move]

    def end() -> object:
        plan.refresh_from_db()
        return getattr(plan_moves, move)(plan, by=life.cho, at=on_day(20), revision=plan.revision, **arguments)

    with pytest.raises(TaperStillOpen, match="Stop it first, or mark it as entered in error"):
        end()
    plan.refresh_from_db()
    assert plan.status == "active"
    life.stop(20)
    end()
    plan.refresh_from_db()
    assert plan.status != "active"
