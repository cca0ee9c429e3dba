"""A pattern says on which days something is taken."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.pattern import Pattern, PatternError, PatternKind

CODES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MONDAY = date(2025, 3, 3)

weekday_sets = st.sets(st.integers(min_value=0, max_value=6), min_size=1)
patterns = st.one_of(
    st.just(Pattern.daily()),
    st.just(Pattern.as_needed()),
    st.integers(min_value=2, max_value=90).map(Pattern.every),
    weekday_sets.map(Pattern.on_weekdays),
)
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 1, 1))


@pytest.mark.parametrize(
    ("written", "canonical", "displayed"),
    [
        ("daily", "daily", "every day"),
        (" Daily ", "daily", "every day"),
        ("every 2 days", "every 2 days", "every 2 days"),
        ("every  090 days", "every 90 days", "every 90 days"),
        ("weekdays mon", "weekdays mon", "Mondays"),
        ("weekdays mon,thu", "weekdays mon,thu", "Mondays and Thursdays"),
        ("weekdays sun, Fri,mon", "weekdays mon,fri,sun", "Mondays, Fridays and Sundays"),
        ("weekdays mon,tue,wed,thu,fri,sat,sun", "daily", "every day"),
        ("as needed", "as needed", "as needed"),
    ],
)
def test_a_pattern_is_read_and_written_canonically(written: str, canonical: str, displayed: str) -> None:
    pattern = Pattern.parse(written)
    assert str(pattern) == canonical
    assert pattern.display() == displayed


@pytest.mark.parametrize(
    "text",
    ["", "dayly", "every day", "every 0 days", "every 1 days", "every 91 days", "every 99999 days",
     "every -2 days", "every 2.5 days", "every two days", "every ٣ days", "weekdays", "weekdays ",
     "weekdays mon,mon", "weekdays mon,", "weekdays mon;thu", "weekdays monday", "asneeded", "as needed mon",
     "daily, as needed"],
)  # fmt: skip
def test_what_is_not_a_pattern_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(PatternError, match=r"\.$"):
        Pattern.parse(text)


@pytest.mark.parametrize(
    ("kind", "interval_days", "weekdays"),
    [
        (PatternKind.DAILY, 2, ()),
        (PatternKind.DAILY, None, (0,)),
        (PatternKind.INTERVAL, None, ()),
        (PatternKind.INTERVAL, 1, ()),
        (PatternKind.INTERVAL, 91, ()),
        (PatternKind.WEEKDAYS, None, ()),
        (PatternKind.WEEKDAYS, None, (0, 0)),
        (PatternKind.WEEKDAYS, None, (3, 0)),
        (PatternKind.WEEKDAYS, None, (7,)),
        (PatternKind.WEEKDAYS, None, (-1,)),
        (PatternKind.WEEKDAYS, None, (0, 1, 2, 3, 4, 5, 6)),
        (PatternKind.AS_NEEDED, 2, ()),
    ],
)
def test_a_pattern_that_contradicts_itself_cannot_be_made(
    kind: PatternKind, interval_days: int | None, weekdays: tuple[int, ...]
) -> None:
    with pytest.raises(PatternError):
        Pattern(kind, interval_days, weekdays)


@pytest.mark.parametrize(
    ("written", "dose_days"),
    [
        ("daily", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("every 3 days", [0, 3, 6, 9]),
        ("weekdays mon,thu", [0, 3, 7]),
        ("as needed", []),
    ],
)
def test_the_first_ten_days_from_a_monday(written: str, dose_days: list[int]) -> None:
    pattern = Pattern.parse(written)
    found = [n for n in range(-5, 10) if pattern.is_dose_day(MONDAY + timedelta(days=n), first_day=MONDAY)]
    assert found == dose_days


def test_as_needed_is_told_apart_from_a_day_of_rest() -> None:
    assert Pattern.parse("as needed").is_as_needed
    assert not Pattern.parse("weekdays mon").is_as_needed


@given(patterns)
def test_text_and_back_is_the_same_pattern(pattern: Pattern) -> None:
    assert Pattern.parse(str(pattern)) == pattern
    assert hash(Pattern.parse(str(pattern))) == hash(pattern)


@given(st.permutations(CODES), st.integers(min_value=1, max_value=7))
def test_the_order_in_which_weekdays_are_named_does_not_matter(codes: list[str], count: int) -> None:
    named = codes[:count]
    in_order = [code for code in CODES if code in named]
    assert Pattern.parse("weekdays " + ",".join(named)) == Pattern.parse("weekdays " + ",".join(in_order))


@given(st.integers(min_value=2, max_value=90), days)
def test_every_n_days_is_walked_day_by_day(interval: int, first_day: date) -> None:
    pattern = Pattern.every(interval)
    countdown = 0
    for n in range(200):
        assert pattern.is_dose_day(first_day + timedelta(days=n), first_day=first_day) is (countdown == 0)
        countdown = interval - 1 if countdown == 0 else countdown - 1


@given(weekday_sets, days)
def test_weekdays_are_those_the_calendar_names(weekdays: set[int], first_day: date) -> None:
    pattern = Pattern.on_weekdays(weekdays)
    names = {CODES[day] for day in weekdays}
    for n in range(21):
        day = first_day + timedelta(days=n)
        assert pattern.is_dose_day(day, first_day=first_day) is (day.strftime("%a").lower() in names)


@given(patterns, days, st.integers(min_value=1, max_value=400))
def test_nothing_is_taken_before_the_first_day(pattern: Pattern, first_day: date, before: int) -> None:
    assert not pattern.is_dose_day(first_day - timedelta(days=before), first_day=first_day)


@given(st.text())
def test_any_text_is_a_pattern_or_a_sentence(text: str) -> None:
    try:
        Pattern.parse(text)
    except PatternError as error:
        assert str(error).endswith(".")  # noqa: PT017


@given(patterns)
def test_its_share_of_days_is_what_the_calendar_counts(pattern: Pattern) -> None:
    """Over as many days as hold whole weeks and whole intervals alike."""
    length = 7 * (pattern.interval_days or 1)
    counted = sum(pattern.is_dose_day(MONDAY + timedelta(days=n), first_day=MONDAY) for n in range(length))
    assert pattern.share_of_days == (None if pattern.is_as_needed else Fraction(counted, length))
