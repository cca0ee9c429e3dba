"""A course told to whoever lives it: one stage for each dose, and the next day on which something is taken."""

from datetime import date, timedelta
from decimal import Decimal

from protocols.domain.amount import Amount
from protocols.domain.course import Course, Leg, Substituted
from protocols.domain.pattern import Pattern
from protocols.domain.product import Units
from protocols.domain.stages import next_dose_on, stages
from protocols.domain.taper import Dose, Step, schedule
from protocols.domain.window import Window

MONDAY = date(2027, 1, 11)


def mg(text: str) -> Amount:
    return Amount.parse(f"{text} mg")


def step(amount: str, days: int, pattern: str = "daily") -> Step:
    return Step((Dose("before-breakfast", (Units(mg(amount), Decimal(1)),)),), Pattern.parse(pattern), days)


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


def told(course: Course, *, today: date = MONDAY) -> list[tuple[int, date | None, date | None, str]]:
    return [
        (each.number, each.first, each.last, str(each.step.amount_per_dose_day)) for each in stages(course, today=today)
    ]


def test_every_dose_is_one_stage() -> None:
    course = Course((Leg(1, schedule([step("20", 28), step("10", 28)], first_day=MONDAY)),))
    assert told(course) == [(1, MONDAY, after(27), "20 mg"), (2, after(28), after(55), "10 mg")]


def test_a_version_that_goes_on_with_the_same_dose_is_no_new_stage() -> None:
    one = schedule([step("20", 10), step("10", 10)], first_day=MONDAY)
    two = schedule([step("10", 20), step("5", 5)], first_day=after(15))
    course = Course((Leg(1, one, last_day=after(14)), Leg(2, two)))
    assert told(course) == [
        (1, MONDAY, after(9), "20 mg"),
        (2, after(10), after(34), "10 mg"),
        (3, after(35), after(39), "5 mg"),
    ]


def test_the_same_dose_on_other_days_is_another_stage() -> None:
    course = Course((Leg(1, schedule([step("10", 10), step("10", 10, "every 2 days")], first_day=MONDAY)),))
    assert [number for number, *_ in told(course)] == [1, 2]


def test_a_dose_that_comes_back_later_is_another_stage() -> None:
    course = Course((Leg(1, schedule([step("10", 5), step("5", 5), step("10", 5)], first_day=MONDAY)),))
    assert [amount for *_, amount in told(course)] == ["10 mg", "5 mg", "10 mg"]


def test_while_it_is_held_the_rest_has_no_dates() -> None:
    held = schedule([step("20", 10), step("10", 10), step("5", 10)], first_day=MONDAY, holds=[Window(after(3), None)])
    assert told(Course((Leg(1, held),))) == [
        (1, MONDAY, None, "20 mg"),
        (2, None, None, "10 mg"),
        (3, None, None, "5 mg"),
    ]


def test_without_anything_signed_there_is_none() -> None:
    assert stages(Course(()), today=MONDAY) == ()
    assert next_dose_on(Course(()), after=MONDAY) is None


def test_a_stage_is_told_in_the_units_that_she_has() -> None:
    swap = Substituted(mg("20"), (Units(mg("10"), Decimal(2)),), first=after(4))
    course = Course((Leg(1, schedule([step("20", 10), step("10", 10)], first_day=MONDAY), substituted=(swap,)),))

    def units(today: date) -> list[str]:
        return [
            f"{each.count:f} × {each.strength}" for dose in stages(course, today=today)[0].doses for each in dose.units
        ]

    assert units(MONDAY) == ["1 × 20 mg"]
    assert units(after(4)) == ["2 × 10 mg"]
    assert units(after(15)) == ["1 × 20 mg"], "what was taken when it began"


def test_on_an_off_day_it_is_told_in_the_units_of_the_next_dose() -> None:
    swap = Substituted(mg("20"), (Units(mg("10"), Decimal(2)),), first=after(1))
    course = Course((Leg(1, schedule([step("20", 14, "weekdays thu")], first_day=MONDAY), substituted=(swap,)),))
    assert [str(each.strength) for each in stages(course, today=MONDAY)[0].doses[0].units] == ["10 mg"]


def test_what_is_taken_as_needed_is_told_as_signed() -> None:
    course = Course((Leg(1, schedule([step("10", 14, "as needed")], first_day=MONDAY)),))
    assert stages(course, today=MONDAY)[0].doses == step("10", 1).doses


def test_the_next_dose_is_found_over_days_off_and_steps() -> None:
    steps = [step("10", 8, "every 2 days"), step("10", 14, "weekdays mon,thu")]
    course = Course((Leg(1, schedule(steps, first_day=MONDAY)),))
    # Mon 11, Wed 13, Fri 15, Sun 17; then from Tue 19: Thu 21, Mon 25, Thu 28, Mon 1 February.
    found, day = [], MONDAY - timedelta(days=30)
    while (following := next_dose_on(course, after=day)) is not None:
        found.append(following)
        day = following
    assert found == [after(number) for number in (0, 2, 4, 6, 10, 14, 17, 21)]


def test_after_the_last_dose_there_is_none() -> None:
    course = Course((Leg(1, schedule([step("10", 7, "weekdays mon")], first_day=MONDAY)),))
    assert next_dose_on(course, after=MONDAY) is None


def test_a_hold_without_an_end_goes_on_with_its_doses() -> None:
    held = schedule([step("10", 7, "every 2 days")], first_day=MONDAY, holds=[Window(after(2), None)])
    assert next_dose_on(Course((Leg(1, held),)), after=after(100)) == after(102)
