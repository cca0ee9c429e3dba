"""Warning signs as patients read them, and how many rescue days are too many."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.red_flags import EMERGENCY, REBOUND_FOR_PATIENTS, RED_FLAGS, RedFlag, rescue_days_reached
from protocols.domain.sources import HowRead
from protocols.domain.wording import forbidden_claims, missing_hypothesis

FLAGS = list(RED_FLAGS.values())
SUNDAY = date(2027, 2, 28)


def test_the_signs_are_those_of_the_label_the_most_urgent_first() -> None:
    assert {key: flag.name for key, flag in RED_FLAGS.items()} == {
        "chest-pain": "chest or shoulder pain with breathlessness, sweating or dizziness",
        "vomiting-blood": "vomiting blood",
        "bloody-stool": "bloody or black stools",
        "swallowing": "trouble or pain when swallowing",
        "persistent-vomiting": "persistent vomiting",
        "weight-loss": "unexplained weight loss",
    }
    assert [flag.key for flag in FLAGS] == list(RED_FLAGS)


def test_the_list_cannot_be_changed_from_outside() -> None:
    with pytest.raises(TypeError):
        RED_FLAGS["swallowing"] = FLAGS[0]  # type: ignore[index]


@pytest.mark.parametrize("flag", FLAGS, ids=list(RED_FLAGS))
def test_a_patient_reads_sentences_that_claim_nothing(flag: RedFlag) -> None:
    for text in (flag.sentence, flag.emergency_text):
        assert forbidden_claims(text) == []
        assert not missing_hypothesis(text)
        assert text.endswith(".")
        assert text == text.strip()
    assert "I " in flag.sentence or "My " in flag.sentence or flag.sentence == "Swallowing is difficult or hurts."
    assert "emergency" in flag.emergency_text
    assert len(flag.emergency_text) < 240


@pytest.mark.parametrize("flag", FLAGS, ids=list(RED_FLAGS))
def test_a_sign_says_where_it_is_named_as_one(flag: RedFlag) -> None:
    assert "Drug Facts" in flag.citation
    assert flag.mark is HowRead.PRIMARY


@pytest.mark.parametrize("key", ["chest-pain", "vomiting-blood", "bloody-stool"])
def test_what_cannot_wait_sends_her_at_once(key: str) -> None:
    assert EMERGENCY in RED_FLAGS[key].emergency_text
    assert "doctor" not in RED_FLAGS[key].emergency_text


@pytest.mark.parametrize("flag", FLAGS, ids=list(RED_FLAGS))
def test_no_emergency_text_speaks_of_doses(flag: RedFlag) -> None:
    assert not any(word in flag.emergency_text.lower() for word in ("dose", "medicine", "tablet", "capsule", "taper"))


def test_what_is_said_of_rebound_claims_nothing() -> None:
    assert forbidden_claims(REBOUND_FOR_PATIENTS) == []
    assert not missing_hypothesis(REBOUND_FOR_PATIENTS)


# --- Rescue days ------------------------------------------------------------------------------------------------


def days_before(*numbers: int) -> list[date]:
    return [SUNDAY - timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("days", "threshold_days", "within_days", "reached"),
    [
        (days_before(), 4, 7, False),
        (days_before(0, 1, 2), 4, 7, False),
        (days_before(0, 1, 2, 3), 4, 7, True),
        (days_before(0, 2, 4, 6), 4, 7, True),
        (days_before(3, 4, 5, 6), 4, 7, True),
        (days_before(0, 2, 4, 7), 4, 7, False),  # the eighth day back is outside
        (days_before(4, 5, 6, 7, 8, 9), 4, 7, False),
        (days_before(0, 0, 1, 1, 2), 4, 7, False),  # two doses on one day are one day
        (days_before(-1, 0, 1, 2), 4, 7, False),  # tomorrow
        (days_before(-1, -2, -3, -4), 4, 7, False),
        (days_before(0), 1, 1, True),
        (days_before(1), 1, 1, False),
        (days_before(0, 1, 2, 3, 4, 5, 6), 7, 7, True),
        (days_before(0, 1, 2, 3, 4, 5), 7, 7, False),
        (days_before(0, 27), 2, 28, True),
        (days_before(0, 28), 2, 28, False),
    ],
)
def test_the_threshold_counts_days_of_the_window_that_ends_today(
    days: list[date], threshold_days: int, within_days: int, reached: bool
) -> None:
    for given_days in (days, days[::-1], iter(days)):
        assert (
            rescue_days_reached(given_days, on=SUNDAY, threshold_days=threshold_days, within_days=within_days)
            is reached
        )


@pytest.mark.parametrize(("threshold_days", "within_days"), [(0, 7), (-1, 7), (8, 7), (1, 0), (4, -7)])
def test_a_threshold_that_cannot_be_is_refused(threshold_days: int, within_days: int) -> None:
    with pytest.raises(ValueError, match="is no threshold: write"):
        rescue_days_reached([], on=SUNDAY, threshold_days=threshold_days, within_days=within_days)


@given(
    st.sets(st.dates(date(2027, 2, 1), date(2027, 3, 10))),
    st.dates(date(2027, 2, 1), date(2027, 3, 10)),
    st.integers(1, 28).flatmap(lambda within: st.tuples(st.integers(1, within), st.just(within))),
)
def test_one_more_rescue_day_never_falls_below_the_threshold(
    days: set[date], more: date, numbers: tuple[int, int]
) -> None:
    threshold_days, within_days = numbers

    def reached(some: set[date]) -> bool:
        return rescue_days_reached(some, on=SUNDAY, threshold_days=threshold_days, within_days=within_days)

    # Counted day by day, apart from the code.
    counted = sum(SUNDAY - timedelta(days=back) in days for back in range(within_days))
    assert reached(days) == (counted >= threshold_days)
    assert not (reached(days) and not reached(days | {more}))
