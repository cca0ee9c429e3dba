"""The list of laboratory tests: its codes, units and words."""

import pytest

from protocols.domain.labs import LABS, LabError, check_lab_code, check_unit, is_local, lab_test

# From two vocabulary exports and loinc.org, kept here apart from the table itself.
READ = """38445-3 25907-7 17780-8 74788-1 74791-5 56931-9 56938-4 74899-6 76133-8 19123-9 2601-3 1988-5 30522-7 30341-2
4537-7 62292-8 2132-9 2276-4 2284-8 3016-3 4548-4 29771-3"""


def luhn(number: str) -> int:
    """The check digit as LOINC's manual computes it: every second digit doubled, written one after another, summed."""
    odd = number[::-1][0::2][::-1]
    even = number[::-1][1::2]
    total = sum(int(sign) for sign in str(int(odd) * 2)) + sum(int(sign) for sign in even)
    return -total % 10


def test_the_list_has_the_codes_that_were_read_and_no_other() -> None:
    assert sorted(test.code for test in LABS) == sorted(READ.split())


@pytest.mark.parametrize("code", [test.code for test in LABS])
def test_the_last_digit_of_each_code_fits(code: str) -> None:
    number, check = code.split("-")
    assert luhn(number) == int(check)
    check_lab_code(code)


def test_each_test_is_reported_as_a_number_or_as_a_word() -> None:
    for test in LABS:
        assert bool(test.units) != bool(test.answers), test
        for unit in test.units:
            check_unit(test.code, unit)
    assert len({test.title for test in LABS}) == len(LABS)


@pytest.mark.parametrize("code", ["stool-zonulin", "Z", "siga_2", "Lactoferrin.stool"])
def test_a_clinic_has_codes_of_its_own(code: str) -> None:
    check_lab_code(code)
    assert is_local(code)
    assert lab_test(code) is None
    check_unit(code, "ng/mL")


@pytest.mark.parametrize("code", ["", "2276", "-2276", "2160-0", "zonulin in stool", "x" * 21, "é", "1zonulin"])
def test_other_codes_are_refused(code: str) -> None:
    with pytest.raises(LabError, match="a code of your own") as refused:
        check_lab_code(code)
    assert refused.value.field == "lab_code"


@pytest.mark.parametrize("wrong", ["2276-5", "2267-4", "38445-4"])
def test_a_typing_error_in_a_loinc_code_is_noticed(wrong: str) -> None:
    with pytest.raises(LabError, match="its last digit does not fit"):
        check_lab_code(wrong)


@pytest.mark.parametrize(
    ("code", "unit"), [("2276-4", "mg/dL"), ("2276-4", ""), ("17780-8", "ng/mL"), ("2601-3", "mg/dL")]
)
def test_a_result_in_another_unit_is_another_test(code: str, unit: str) -> None:
    with pytest.raises(LabError, match="Check which test it was") as refused:
        check_unit(code, unit)
    assert refused.value.field == "unit"


@pytest.mark.parametrize("unit", ["", "ng per mL", "µg/g", "x" * 21])
def test_a_unit_of_the_clinics_own_test_looks_like_ucum(unit: str) -> None:
    with pytest.raises(LabError, match="as UCUM does"):
        check_unit("stool-zonulin", unit)
