"""Of several rules that ask for hours between the same products, the strictest stands; the others say nothing new."""

from datetime import timedelta
from decimal import Decimal

import pytest

from patients.services.safety.judging import Standing
from patients.services.safety.strictest import strictest
from protocols.domain.safety import Found, Spacing
from protocols.domain.safety_rules import Severity
from protocols.domain.sources import Mark
from tests.fixtures.personae import TODAY

Hours = tuple[str | None, str | None]


def asked(rule: str, a: str, b: str, hours: Hours, *, in_days: int = 0) -> Standing:
    """Codes are single letters: "ab" are two products."""
    before, after = (None if each is None else Decimal(each) for each in hours)
    found = Found(
        rule=rule,
        part="main",
        severity=Severity.SPACE,
        about=(),
        codes=(*a, *b),
        stops=(),
        text="",
        patient_text="",
        cite="",
        year=None,
        mark=Mark.PRIMARY,
        rule_version=1,
        facts_key=rule,
        spacing=Spacing(a=a, b=b, a_codes=tuple(a), b_codes=tuple(b), before_hours=before, after_hours=after),
    )
    return Standing(found, TODAY + timedelta(days=in_days))


FOUR = asked("R12", "t", "m", ("4", "4"))


@pytest.mark.parametrize(
    ("other", "stands"),
    [
        (asked("R52", "t", "m", ("2", "2")), ["R12"]),
        (asked("R52", "m", "t", ("4", "2")), ["R12"]),
        (asked("R52", "t", "m", ("4", "4")), ["R12"]),
        (asked("R52", "t", "m", ("2", "6")), ["R12", "R52"]),
        (asked("R52", "t", "m", ("6", "6")), ["R52"]),
        (asked("R52", "t", "m", (None, "4")), ["R52"]),
        (asked("R52", "t", "n", ("2", "2")), ["R12", "R52"]),
        (asked("R52", "t", "mn", ("4", "4")), ["R52"]),
        (asked("R52", "t", "mn", ("2", "2")), ["R12", "R52"]),
        (asked("R52", "t", "m", ("6", "6"), in_days=3), ["R12", "R52"]),
        (asked("R52", "t", "m", ("2", "2"), in_days=3), ["R12"]),
        (asked("R52", "mt", "mt", ("4", "4")), ["R12"]),
    ],
)
def test_the_strictest_of_one_pair_stands(other: Standing, stands: list[str]) -> None:
    assert [each.found.rule for each in strictest([FOUR, other])] == stands


def test_of_three_alike_one_stands() -> None:
    three = [asked(rule, "t", "m", ("2", "2")) for rule in ("R09", "R46", "R52")]
    assert strictest(three) == three[:1]


def test_each_side_is_asked_where_it_is_stricter() -> None:
    """Two hours before and six after, beside four on either side: neither says all that the other does."""
    pair = [asked("R09", "q", "c", ("2", "6")), asked("R46", "c", "q", ("4", "4"))]
    assert strictest(pair) == pair
    assert [each.found.rule for each in strictest([*pair, asked("R99", "c", "q", ("6", "4"))])] == ["R99"]
