"""The laboratory and breath tests that rules and gates look at: their codes, and the units their results come in.

Codes are LOINC's; only those that were read in two vocabularies or at loinc.org stand here. The names are our own. Any
other test gets a code of the clinic's own: so does zonulin in stool, as it is not settled what its assay measures.

This material contains content from LOINC (http://loinc.org). LOINC is copyright © Regenstrief Institute, Inc. and the
Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under the licence at
http://loinc.org/license. LOINC® is a registered United States trademark of Regenstrief Institute, Inc.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


class LabError(ValueError):
    """This cannot be a result of that test. `field` names what to correct: lab_code, unit, value or text."""

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class LabTest:
    """One test. units: UCUM codes of a number; answers: words of a result that is none. One of the two is empty."""

    code: str
    title: str
    units: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


FOUND_OR_NOT: Final = ("negative", "positive", "indeterminate")
BREATH: Final = ("normal", "abnormal", "indeterminate")

LABS: Final = (
    LabTest(code="38445-3", title="Calprotectin in stool", units=("ug/g",)),
    LabTest(code="25907-7", title="Pancreatic elastase in stool", units=("ug/g",)),
    LabTest(code="17780-8", title="Helicobacter pylori antigen in stool", answers=FOUND_OR_NOT),
    LabTest(code="74788-1", title="Lactulose hydrogen breath test", answers=BREATH),
    LabTest(code="74791-5", title="Lactulose hydrogen breath test: interpretation", answers=BREATH),
    LabTest(code="56931-9", title="Hydrogen in breath before lactulose", units=("[ppm]",)),
    LabTest(code="56938-4", title="Hydrogen in breath 30 minutes after lactulose", units=("[ppm]",)),
    LabTest(code="74899-6", title="Lactulose to mannitol ratio in urine, 5 hours", units=("1",)),
    LabTest(code="76133-8", title="Lactulose and mannitol in urine, 5 hours: panel", answers=BREATH),
    LabTest(code="29771-3", title="Blood in stool, immunochemical (FIT)", answers=FOUND_OR_NOT),
    LabTest(code="19123-9", title="Magnesium in serum, by mass", units=("mg/dL", "mg/L")),
    LabTest(code="2601-3", title="Magnesium in serum, by moles", units=("mmol/L",)),
    LabTest(code="1988-5", title="C-reactive protein", units=("mg/L", "mg/dL")),
    LabTest(code="30522-7", title="C-reactive protein, high sensitivity", units=("mg/L", "mg/dL")),
    LabTest(code="30341-2", title="Erythrocyte sedimentation rate", units=("mm/h",)),
    LabTest(code="4537-7", title="Erythrocyte sedimentation rate, Westergren", units=("mm/h",)),
    LabTest(code="62292-8", title="Vitamin D, 25-hydroxy (D2 and D3)", units=("ng/mL", "ug/L")),
    LabTest(code="2132-9", title="Vitamin B12", units=("pg/mL", "ng/L")),
    LabTest(code="2276-4", title="Ferritin", units=("ng/mL", "ug/L")),
    LabTest(code="2284-8", title="Folate in serum", units=("ng/mL", "ug/L")),
    LabTest(code="3016-3", title="Thyrotropin (TSH)", units=("m[iU]/L", "u[iU]/mL")),
    LabTest(code="4548-4", title="Haemoglobin A1c", units=("%",)),
)
_BY_CODE: Final = {test.code: test for test in LABS}

_LOINC: Final = re.compile(r"[0-9]{1,7}-[0-9]")
_LOCAL: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,19}")
# Signs that UCUM is made of; whether a unit exists, only a table of all units could say.
_UNIT: Final = re.compile(r"[A-Za-z0-9%/.*\[\]{}'_+-]{1,20}")


def lab_test(code: str) -> LabTest | None:
    """The test with this LOINC code; None if it is not on the list."""
    return _BY_CODE.get(code)


def is_local(code: str) -> bool:
    """Whether this is a code of the clinic's own: it begins with a letter, as no code of LOINC does."""
    return _LOCAL.fullmatch(code) is not None


def check_lab_code(code: str) -> None:
    """Refuse a code that is neither on the list nor a code of the clinic's own."""
    if code in _BY_CODE or is_local(code):
        return
    if _LOINC.fullmatch(code) and not _has_right_check_digit(code):
        raise LabError(
            f"{code} is no LOINC code: its last digit does not fit. Look for a typing error.", field="lab_code"
        )
    raise LabError(
        "Choose a test of the list, or give it a code of your own: letters, digits, “.”, “-” or “_”, with a letter "
        "first, as in stool-zonulin.",
        field="lab_code",
    )


def check_unit(code: str, unit: str) -> None:
    """Refuse a unit that a result of this test does not come in; one of a local test must look like UCUM."""
    test = _BY_CODE.get(code)
    if test is not None and unit not in test.units:
        wanted = " or ".join(test.units)
        sentence = f"{test.title} is reported in {wanted}." if wanted else f"{test.title} is reported as a word."
        raise LabError(f"{sentence} Check which test it was.", field="unit")
    if not _UNIT.fullmatch(unit):
        raise LabError("Write the unit as UCUM does, without spaces: ug/g, mmol/L, [ppm]; 1 for a ratio.", field="unit")


def _has_right_check_digit(code: str) -> bool:
    """LOINC's last digit is a Luhn check of those before it: it catches one wrong digit and most that are swapped."""
    number, _, check = code.partition("-")
    total = 0
    for position, digit in enumerate(map(int, reversed(number))):
        doubled = digit * 2 if position % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return (10 - total % 10) % 10 == int(check)
