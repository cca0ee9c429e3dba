"""A hold keeps the dose of its day; resumed, all that was left goes on, later. No new signature is needed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from patients.models import PrescriberAnswer, Signature, Taper
from patients.services import plan_moves
from patients.services.errors import InvalidRequest, Refused, TaperChanged
from patients.services.tapers import holding
from patients.services.tapers.errors import HoldTooLong
from patients.services.tapers.revising import Extension, StepBack
from protocols.domain.taper_states import IllegalTaperMove
from tests.fixtures.lives import Life, day, number_of, ppi_1d
from tests.fixtures.tapers import FIRST_DAY, on_day


def test_the_dose_stays_and_nobody_knows_the_end(life: Life) -> None:
    life.hold(30)
    assert life.status == "held"
    assert life.all_mg(range(29, 120)) == [10] * 91
    assert life.ends_on is None
    life.sweep(30)
    assert life.taper.looks_at is None


def test_what_was_left_goes_on_that_much_later(life: Life) -> None:
    life.hold(30)
    life.resume(37)
    expected = [int(ppi_1d(n)) for n in range(1, 30)] + [10] * 7 + [int(ppi_1d(n)) for n in range(30, 57)]
    assert life.all_mg(range(1, 64)) == expected
    assert (life.status, life.ends_on) == ("active", 112 + 7)
    assert Signature.objects.count() == 1


def test_a_hold_does_not_restart_a_pattern(life: Life) -> None:
    """Day 57 was the first of “every 2 days”; held from day 60 to 64, the odd days stay the dose days."""
    life.hold(60)
    life.resume(65)
    assert life.all_mg(range(57, 72)) == [10 if n % 2 else 0 for n in range(57, 72)]


def test_weekdays_stay_weekdays_through_a_hold(life: Life) -> None:
    life.hold(90)
    life.resume(95)
    taken = [n for n in range(86, 118) if life.mg(n)]
    assert {day(n).weekday() for n in taken} == {0, 3}
    assert life.ends_on == 117


def test_resumed_on_the_day_of_the_hold_nothing_has_changed(life: Life) -> None:
    before = life.all_mg(range(1, 113))
    life.hold(30)
    life.resume(30)
    assert life.all_mg(range(1, 113)) == before
    assert life.ends_on == 112


def test_held_and_resumed_twice_on_one_day_it_was_held_once(life: Life) -> None:
    life.hold(30)
    life.resume(34)
    life.hold(34)
    life.resume(34)
    life.hold(34)
    life.resume(36)
    assert life.ends_on == 112 + 6


def test_two_holds_add_up(life: Life) -> None:
    life.hold(10)
    life.resume(13)
    life.hold(50)
    life.resume(60)
    assert life.ends_on == 112 + 3 + 10


def test_held_on_the_last_day_of_a_step_the_next_one_waits(life: Life) -> None:
    life.changes(1)
    life.hold(28)
    assert life.mg(29) == 20
    life.resume(30)
    assert life.all_mg(range(27, 33)) == [20, 20, 20, 20, 10, 10]


def test_held_on_the_last_day_of_all_the_end_waits(life: Life) -> None:
    life.hold(112)
    assert life.ends_on is None
    life.resume(115)
    assert life.ends_on == 115


def test_after_the_last_day_there_is_no_dose_to_hold(life: Life) -> None:
    with pytest.raises(Refused, match="last step is over"):
        life.hold(113)
    assert life.status == "active"


def test_held_before_the_first_day_the_first_day_waits(life: Life) -> None:
    life.hold(-3)
    assert life.course.steps == ()
    assert (life.course.ends_on, len(life.course.waiting)) == (None, 4)
    life.resume(5)
    assert (life.course.first_day, life.ends_on) == (day(5), 112 + 4)


@pytest.mark.parametrize("resumed", [-2, 0, 1])
def test_let_go_on_before_the_first_day_that_day_stays(life: Life, resumed: int) -> None:
    life.hold(-3)
    life.resume(resumed)
    assert (life.course.first_day, life.ends_on) == (FIRST_DAY, 112)


def test_held_on_the_first_day_that_day_does_not_count(life: Life) -> None:
    life.hold(1)
    life.resume(3)
    assert life.all_mg(range(1, 32)) == [20] * 30 + [10]


def test_after_28_days_it_goes_on_and_after_29_it_needs_a_signature(life: Life) -> None:
    life.hold(30)
    with pytest.raises(HoldTooLong, match="28 days"):
        life.resume(59)
    assert life.status == "held"
    assert life.mg(200) == 10
    life.resume(58)
    assert life.ends_on == 112 + 28


def test_a_hold_that_begins_as_another_ends_is_one_hold(life: Life) -> None:
    """“At most 28 days a time” is not got round by letting it go on for a moment."""
    life.hold(30)
    life.resume(50)
    life.hold(50)
    with pytest.raises(HoldTooLong):
        life.resume(59)
    life.resume(58)


def test_a_day_between_two_holds_begins_another(life: Life) -> None:
    life.hold(30)
    life.resume(50)
    life.hold(51)
    life.resume(79)
    assert life.ends_on == 112 + 20 + 28


def test_what_is_held_is_not_held_again(life: Life) -> None:
    life.hold(30)
    with pytest.raises(IllegalTaperMove):
        life.hold(31)
    assert life.hold_that_is_on.first_day == day(30)


def test_what_is_not_held_is_not_resumed(life: Life) -> None:
    with pytest.raises(IllegalTaperMove):
        life.resume(30)


@pytest.mark.parametrize("status", ["draft", "awaiting"])
def test_nothing_unsigned_is_held(status: str, draft_taper: Taper, by: Actor, sent: Callable[[], Taper]) -> None:
    taper = draft_taper if status == "draft" else sent()
    with pytest.raises(IllegalTaperMove):
        holding.hold(taper, reason="Wait.", by=by, at=on_day(1), revision=taper.revision)


@pytest.fixture
def sent(request: pytest.FixtureRequest) -> Callable[[], Taper]:
    return lambda: request.getfixturevalue("sent_taper")


def test_a_hold_says_why(life: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        life.hold(30, reason="  ")
    assert refused.value.field == "reason"


def test_neither_she_nor_the_software_decides_this_nor_an_assistant(
    life: Life, clinic: Clinic, assistant_1: User, dr_dee: User, other_clinic: Clinic
) -> None:
    strangers = [life.angela, for_system(), staff_in(clinic, assistant_1), staff_in(other_clinic, dr_dee)]
    for by in strangers:
        with pytest.raises(NotAllowed):
            life.hold(30, by=by)
    life.hold(30)
    for by in strangers:
        with pytest.raises(NotAllowed):
            life.resume(31, by=by)
    assert life.status == "held"


def test_whoever_saw_an_older_page_holds_nothing(life: Life) -> None:
    old = life.taper
    life.hold(1)
    life.resume(1)
    with pytest.raises(TaperChanged):
        holding.hold(old, reason="Wait.", by=life.cho, at=on_day(2), revision=old.revision)
    assert life.status == "active"


def test_the_history_says_how_long_it_was_held_and_why(life: Life) -> None:
    life.hold(30, reason="A fever")
    life.resume(36)
    held, resumed = life.taper.transitions.order_by("-pk")[:2][::-1]
    assert (held.move, held.from_status, held.to_status, held.reason) == ("hold", "active", "held", "A fever")
    assert held.details == {"why": "clinician"}
    assert (resumed.move, resumed.from_status, resumed.to_status) == ("resume", "held", "active")
    assert resumed.details == {"held_days": 6}
    row = life.taper.versions.get().holds.get()
    assert (row.resumed_on, row.resumed_at, row.resumed_by_code) == (day(36), on_day(36), life.cho.code)


def test_what_was_lived_stays(life: Life) -> None:
    lived = life.all_mg(range(1, 60))
    life.hold(60)
    assert life.all_mg(range(1, 60)) == lived
    life.resume(70)
    assert life.all_mg(range(1, 60)) == lived


# --- By the prescriber --------------------------------------------------------------------------------------


def test_the_prescriber_holds_it_and_only_the_prescriber_lets_it_go_on(life: Life) -> None:
    life.hold(30, by=life.price, reason="I want to see her first.")
    answer = PrescriberAnswer.objects.latest("pk")
    assert (answer.kind, answer.text, answer.by_kind) == ("hold", "I want to see her first.", "prescriber")
    with pytest.raises(Refused, match="Only the prescriber lets it go on"):
        life.resume(33)
    life.resume(33, by=life.price)
    assert (life.status, life.ends_on) == ("active", 115)


def test_the_prescriber_takes_a_hold_over_from_the_practitioner(life: Life) -> None:
    """Its days go on counting: both are one hold."""
    life.hold(30)
    life.hold(40, by=life.price, reason="It stays until I say so.")
    hold = life.hold_that_is_on
    assert (hold.reason_kind, hold.first_day) == ("prescriber", day(30))
    with pytest.raises(Refused, match="Only the prescriber"):
        life.resume(41)
    life.resume(42, by=life.price)
    assert life.ends_on == 112 + 12


def test_the_practitioner_takes_a_hold_over_from_the_software(life: Life) -> None:
    """Then her answer alone does not let it go on."""
    life.sweep(28)
    assert life.hold_that_is_on.reason_kind == "use-unknown"
    life.hold(30, reason="She is to come and see me.")
    life.changes(31)
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "clinician")
    life.resume(32)
    assert life.status == "active"


def test_the_practitioner_takes_nothing_over_from_the_prescriber(life: Life) -> None:
    life.hold(30, by=life.price)
    with pytest.raises(IllegalTaperMove):
        life.hold(31)
    assert life.hold_that_is_on.reason_kind == "prescriber"


# --- With a later version that has not begun ----------------------------------------------------------------


def test_a_later_version_begins_that_much_later(life: Life) -> None:
    life.changes(1, 29)
    life.revise(Extension(7), first=45, on=40)
    life.hold(42)
    assert life.all_mg([44, 45, 60, 90]) == [10] * 4
    life.resume(47)
    assert [number_of(version.begins_on) for version in life.taper.versions.all()] == [1, 50]
    assert life.ends_on == 112 + 7 + 5


def test_held_on_the_day_before_a_later_version_begins_its_day_waits(life: Life) -> None:
    life.changes(1, 29)
    life.revise(StepBack(), first=45, on=40)
    life.hold(44)
    assert life.all_mg([44, 45, 80]) == [10, 10, 10]
    life.resume(60)
    # Day 44 was held: it counts on day 60, and the step back begins the day after.
    assert life.all_mg([59, 60, 61]) == [10, 10, 20]


def test_held_on_the_day_on_which_a_later_version_begins_its_dose_stays(life: Life) -> None:
    life.changes(1, 29)
    life.revise(StepBack(), first=45, on=40)
    life.hold(45)
    assert life.all_mg([44, 45, 46, 90]) == [10, 20, 20, 20]
    life.resume(50)
    assert life.all_mg([49, 50, 77, 78]) == [20, 20, 20, 10]


def test_held_between_the_end_and_a_later_version_that_version_waits(life: Life) -> None:
    """Watched, stepped back with a signature, and held before the step back has begun."""
    life.changes(1, 29, 57, 85)
    life.sweep(113)
    life.revise(StepBack(), first=130, on=115)
    assert life.status == "active"
    life.hold(120)
    assert life.course.on(day(130)) is None
    assert life.course.waiting
    life.resume(135)
    assert [life.course.on(day(n)) is None for n in (129, 130, 134, 135)] == [True, True, True, False]
    assert life.course.on(day(111)) is not None


def test_of_two_later_versions_neither_begins_while_it_is_held(life: Life) -> None:
    life.changes(1, 29)
    life.revise(Extension(7), first=45, on=40)
    life.revise(Extension(7), first=50, on=42)
    life.hold(44)
    assert life.all_mg(range(44, 100)) == [10] * 56
    assert life.course.ends_on is None
    life.resume(46)
    begins = [number_of(version.begins_on) for version in life.taper.versions.order_by("number")]
    assert begins == [1, 47, 52]


def test_a_version_signed_while_it_is_held_ends_the_hold_on_its_first_day(life: Life) -> None:
    life.changes(1, 29)
    life.hold(40)
    life.revise(StepBack(), first=50, on=42)
    assert life.status == "active"
    assert life.all_mg([42, 49, 50, 77, 78]) == [10, 10, 20, 20, 10]


def test_held_again_before_that_version_begins_the_dose_stays_until_it_does(life: Life) -> None:
    """The first hold lasts until the new version: however far that moves, no step comes in between."""
    life.changes(1, 29)
    life.hold(56)
    life.revise(StepBack(), first=70, on=57)
    life.hold(60)
    life.resume(62)
    assert life.all_mg(range(56, 72)) == [10] * 16
    assert life.all_mg([72]) == [20]


def test_a_hold_that_lasts_past_the_planned_first_day_of_that_version(life: Life) -> None:
    life.changes(1, 29)
    life.hold(56)
    life.revise(StepBack(), first=70, on=57)
    life.hold(60)
    life.resume(80)
    assert life.all_mg(range(56, 90)) == [10] * 34
    assert life.all_mg([90]) == [20]


def test_the_plan_on_hold_leaves_the_taper_alone(life: Life) -> None:
    """What a prescriber signed is not stopped by a pause of the five phases."""
    plan = life.taper.plan
    before = life.all_mg(range(1, 113))
    plan_moves.hold(plan, by=life.cho, at=on_day(10), revision=plan.revision)
    assert (life.status, life.all_mg(range(1, 113))) == ("active", before)
    life.sweep(28)
    assert life.status == "held"
    plan.refresh_from_db()
    plan_moves.resume(plan, by=life.cho, at=on_day(30) + timedelta(minutes=1), revision=plan.revision)
    assert life.status == "held"
