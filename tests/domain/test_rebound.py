"""Acid rebound after the last dose: on which days it is expected, and from when something else may be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.red_flags import (
    REBOUND_CITATION,
    REBOUND_FOR_PATIENTS,
    REBOUND_MARK,
    ReboundWindow,
    rebound_window,
)
from protocols.domain.sources import HowRead

# The last dose of omeprazole 40 mg after 112 days from 4 January 2027; dates counted on a calendar.
LAST_DOSE = date(2027, 4, 22)


def test_the_window_of_a_known_taper() -> None:
    assert rebound_window(LAST_DOSE) == ReboundWindow(
        starts_on=date(2027, 4, 23),
        onset_from=date(2027, 4, 25),
        onset_to=date(2027, 5, 6),
        watch_until=date(2027, 6, 17),
        relapse_from=date(2027, 5, 21),
    )


@pytest.mark.parametrize(
    ("on", "number", "is_onset", "relapse", "relapse_if_reviewed"),
    [
        (date(2027, 4, 21), None, False, False, False),
        (date(2027, 4, 22), None, False, False, False),  # the last dose
        (date(2027, 4, 23), 1, False, False, True),
        (date(2027, 4, 24), 2, False, False, True),
        (date(2027, 4, 25), 3, True, False, True),
        (date(2027, 5, 6), 14, True, False, True),
        (date(2027, 5, 7), 15, False, False, True),
        (date(2027, 5, 20), 28, False, False, True),  # four weeks
        (date(2027, 5, 21), 29, False, True, True),
        (date(2027, 6, 17), 56, False, True, True),  # eight weeks
        (date(2027, 6, 18), None, False, True, True),
    ],
)
def test_a_day_after_the_last_dose(
    on: date, number: int | None, is_onset: bool, relapse: bool, relapse_if_reviewed: bool
) -> None:
    window = rebound_window(LAST_DOSE)
    assert window.day_number(on) == number
    assert window.contains(on) is (number is not None)
    assert window.is_onset_expected(on) is is_onset
    assert window.may_be_called_relapse(on, reviewed=False) is relapse
    assert window.may_be_called_relapse(on, reviewed=True) is relapse_if_reviewed


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)))
def test_the_window_has_56_days_whatever_the_calendar(last_dose: date) -> None:
    window = rebound_window(last_dose)
    days = [last_dose + timedelta(days=offset) for offset in range(-3, 70)]
    assert [window.day_number(day) for day in days if window.contains(day)] == list(range(1, 57))
    assert sum(window.is_onset_expected(day) for day in days) == 12


def test_the_words_and_the_days_agree() -> None:
    window = rebound_window(LAST_DOSE)
    first, last = window.day_number(window.onset_from), window.day_number(window.onset_to)
    assert f"{first} to {last} days after it" in REBOUND_FOR_PATIENTS
    assert f"for {(window.watch_until - LAST_DOSE).days // 7} weeks" in REBOUND_FOR_PATIENTS


def test_the_source_is_named_and_the_days_are_said_to_be_our_own() -> None:
    assert "10.1053/j.gastro.2009.03.058" in REBOUND_CITATION
    assert "our own reading" in REBOUND_CITATION
    assert REBOUND_MARK is HowRead.OWN
