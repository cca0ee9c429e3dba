"""Two routine messages a day at most, and one a week to whoever has not been heard from for a week."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clinics.domain.message_budget import Written, next_day, with_one_more

MONDAY = date(2027, 1, 4)
WEEK = timedelta(days=7)


def day(number: int) -> date:
    """1 is Monday."""
    return MONDAY + timedelta(days=number - 1)


def test_the_first_and_the_second_of_a_day_may_go() -> None:
    one = with_one_more(Written(), on=MONDAY)
    assert next_day(Written(), on=MONDAY) == next_day(one, on=MONDAY) == MONDAY


def test_the_third_waits_for_the_next_day() -> None:
    two = with_one_more(with_one_more(Written(), on=MONDAY), on=MONDAY)
    assert next_day(two, on=MONDAY) == day(2)
    assert next_day(two, on=day(2)) == day(2)


def test_whoever_is_not_heard_from_for_a_week_is_written_to_once_a_week() -> None:
    silent = Written(last_on=day(6), last_count=1, unanswered_since=day(1))
    assert next_day(silent, on=day(7)) == day(7)
    assert silent.silent_from == day(8)
    assert next_day(silent, on=day(8)) == day(13)
    assert next_day(silent, on=day(20)) == day(20)


def test_whoever_has_no_way_to_answer_is_never_silent() -> None:
    written = Written(last_on=day(30), last_count=1, unanswered_since=day(1), can_answer=False)
    assert next_day(written, on=day(31)) == day(31)
    assert written.silent_from is None


def test_a_zone_that_falls_a_day_behind_holds_nothing_back() -> None:
    ahead = Written(last_on=day(5), last_count=2, unanswered_since=day(1))
    assert next_day(ahead, on=day(4)) == day(4)


@given(wishes=st.lists(st.integers(1, 60), max_size=120), heard=st.sets(st.integers(1, 60)))
def test_counted_apart_there_are_never_more(wishes: list[int], heard: set[int]) -> None:
    """Every wish is tried on its day; what may not go is dropped. Then the days are counted."""
    written, went = Written(), []
    for number in range(1, 61):
        if number in heard:
            written = Written(last_on=written.last_on, last_count=written.last_count)
        for _ in range(wishes.count(number)):
            if next_day(written, on=day(number)) == day(number):
                written = with_one_more(written, on=day(number))
                went.append(number)
    assert all(went.count(number) <= 2 for number in went)
    for number in set(went):
        unheard = [each for each in went if each <= number and not any(each <= word <= number for word in heard)]
        if unheard and number - min(unheard) >= 7:
            assert not [each for each in went if number - 7 < each < number and each not in heard]
            assert went.count(number) == 1
