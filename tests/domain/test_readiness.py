"""An exit criterion is met, not met or unknown, always with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.domain.readiness import (
    EVALUATED_KINDS,
    Criterion,
    CriterionError,
    Facts,
    Reading,
    Verdict,
    check_criterion,
    evaluate,
)


def read(
    kind: str, parameters: dict[str, object], *, lived_days: int | None = None, signed_off: bool | None = None
) -> Reading:
    return evaluate(Criterion(kind, parameters, "A sentence."), Facts(lived_days=lived_days, signed_off=signed_off))


@pytest.mark.parametrize(
    ("lived_days", "verdict", "reason"),
    [
        (0, Verdict.NOT_MET, "day 0 of at least 28"),
        (27, Verdict.NOT_MET, "day 27 of at least 28"),
        (28, Verdict.MET, "day 28, and at least 28 were asked for"),
        (90, Verdict.MET, "day 90, and at least 28 were asked for"),
        (None, Verdict.UNKNOWN, "the days lived in this phase are not known"),
    ],
)
def test_minimum_days(lived_days: int | None, verdict: Verdict, reason: str) -> None:
    assert read("minimum_days", {"days": 28}, lived_days=lived_days) == Reading(verdict, reason)


@pytest.mark.parametrize(
    ("signed_off", "verdict", "reason"),
    [
        (True, Verdict.MET, "a practitioner has signed it off"),
        (False, Verdict.NOT_MET, "a practitioner has declined to sign it off"),
        (None, Verdict.UNKNOWN, "no practitioner has signed it off or declined yet"),
    ],
)
def test_sign_off(signed_off: bool | None, verdict: Verdict, reason: str) -> None:
    assert read("sign_off", {}, signed_off=signed_off) == Reading(verdict, reason)


def test_a_kind_that_is_not_evaluated_is_unknown_and_keeps_its_parameters() -> None:
    check_criterion("symptom_score_below", {"score": 12, "instrument": "gsrs"})
    assert read("symptom_score_below", {"score": 12}, lived_days=100, signed_off=True) == Reading(
        Verdict.UNKNOWN, "gutclinic does not evaluate this yet: a person judges it"
    )


@pytest.mark.parametrize("days", [None, 0, -1, 731, 2.5, "28", True, [28]])
def test_days_that_are_no_whole_number_in_range_are_refused(days: object) -> None:
    with pytest.raises(CriterionError, match=r"whole number from 1 to 730.*\.$") as error:
        check_criterion("minimum_days", {"days": days})
    assert error.value.field == "parameters.days"


def test_days_must_be_given() -> None:
    with pytest.raises(CriterionError) as error:
        check_criterion("minimum_days", {})
    assert error.value.field == "parameters.days"


@pytest.mark.parametrize(
    ("kind", "parameters", "name"),
    [("minimum_days", {"days": 28, "weeks": 4}, "weeks"), ("sign_off", {"by": "dr_cho"}, "by")],
)
def test_an_unknown_parameter_is_refused_by_name(kind: str, parameters: dict[str, object], name: str) -> None:
    with pytest.raises(CriterionError, match=rf"“{name}”.*\.$") as error:
        check_criterion(kind, parameters)
    assert error.value.field == f"parameters.{name}"


def test_a_criterion_without_a_kind_is_refused() -> None:
    with pytest.raises(CriterionError, match="needs a kind") as error:
        check_criterion(" ", {})
    assert error.value.field == "kind"


@pytest.mark.parametrize("days", [1, 28, 730])
def test_sound_parameters_pass(days: int) -> None:
    check_criterion("minimum_days", {"days": days})
    check_criterion("sign_off", {})


def test_a_bad_row_does_not_break_the_page_and_says_what_is_wrong() -> None:
    reading = read("minimum_days", {"days": "28"}, lived_days=100)
    assert reading.verdict is Verdict.UNKNOWN
    assert "whole number" in reading.reason
    assert "a person judges it" in reading.reason


def test_verdicts_have_words() -> None:
    assert [verdict.label for verdict in Verdict] == ["Met", "Not met", "Unknown", "Not applicable"]
    assert {"minimum_days", "sign_off"} == EVALUATED_KINDS


@given(
    st.one_of(st.sampled_from(sorted(EVALUATED_KINDS)), st.text()),
    st.dictionaries(st.one_of(st.just("days"), st.text()), st.one_of(st.integers(), st.text(), st.none()), max_size=2),
    st.one_of(st.none(), st.integers(min_value=0, max_value=800)),
    st.one_of(st.none(), st.booleans()),
)
def test_any_criterion_gets_a_reason_and_no_facts_make_no_verdict(
    kind: str, parameters: dict[str, object], lived_days: int | None, signed_off: bool | None
) -> None:
    reading = read(kind, parameters, lived_days=lived_days, signed_off=signed_off)
    assert reading.reason
    if kind not in EVALUATED_KINDS:
        assert reading.verdict is Verdict.UNKNOWN
    assert read(kind, parameters).verdict is Verdict.UNKNOWN


@given(st.integers(min_value=1, max_value=730), st.integers(min_value=0, max_value=800))
def test_minimum_days_is_met_once_and_stays_met(needed: int, lived: int) -> None:
    today = read("minimum_days", {"days": needed}, lived_days=lived).verdict
    tomorrow = read("minimum_days", {"days": needed}, lived_days=lived + 1).verdict
    assert (today is Verdict.MET) == (lived >= needed)
    assert not (today is Verdict.MET and tomorrow is not Verdict.MET)
