"""A text as it goes out by SMS, and in how many segments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinics.domain.sms_text import segment_count, sms_text


def test_typography_that_would_cost_a_second_segment_is_written_plainly() -> None:
    text = "There’s a “note” – for you … " + "a" * 120
    assert segment_count(text) == 3
    assert sms_text(text).segment_count == 1
    assert sms_text(text).text.startswith('There\'s a "note" - for you ... a')


def test_room_that_says_nothing_is_left_out() -> None:
    assert sms_text("  One.  \n\n\n  Two.\n").text == "One.\nTwo."


def test_letters_of_other_languages_stay() -> None:
    assert sms_text("Grüße, señora: 5 €").text == "Grüße, señora: 5 €"
    assert sms_text("Привет").text == "Привет"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" * 80, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("a" * 70 + "’", 2),
    ],
)
def test_segments_are_counted_as_providers_count_them(text: str, count: int) -> None:
    assert segment_count(text) == count


@given(st.text(alphabet="abc .,:/?\n’“”–…€я😀", max_size=400))
def test_no_word_is_ever_lost(text: str) -> None:
    """A link that lost its end leads nowhere."""
    assert plain(sms_text(text).text).split() == plain(text).split()
    assert sms_text(text).segment_count <= segment_count(text)


def test_plain_writing_that_takes_more_room_is_left_alone() -> None:
    assert sms_text("…" * 60).text == "…" * 60


def plain(text: str) -> str:
    marks = {"’": "'", "“": '"', "”": '"', "–": "-", "…": "..."}
    return "".join(marks.get(character, character) for character in text)
