"""The shipped table of ICD-10-CM codes is the released one, and is cheap to ask."""

import csv
import io
import subprocess
import sys
import time
import tracemalloc
from importlib.metadata import distribution
from pathlib import Path

import pytest

from protocols.domain.icd10cm import ConditionCode, NotALeaf, NotInRelease
from protocols.services.condition_codes import SHIPPED, check_condition_code, released_codes, search_conditions

ROOT = Path(__file__).resolve().parents[2]
# The package warns when it is imported and takes 190 MB, so it is asked in a process of its own.
ASK_THE_PACKAGE = """
import csv, sys, warnings
warnings.simplefilter("ignore")
import simple_icd_10_cm as released
out = csv.writer(sys.stdout)
for code in released.get_all_codes(True):
    if released.is_category_or_subcategory(code):
        names = " | ".join(" ".join(name.split()) for name in released.get_inclusion_term(code))
        out.writerow([code, " ".join(released.get_description(code).split()), int(released.is_leaf(code)), names])
"""


OF_A_GUT_CLINIC = """
K21.9 K21.00 K21.01 R12 K22.70 K22.710 K22.719 K20.0 K22.10 K22.2 E16.4 J84.112 K25.9 K25.4 K26.9 K27.9 K92.0 K92.1
K92.2 K29.70 K30 K58.0 K58.1 K58.2 K58.8 K58.9 K63.8211 K63.8212 K63.8219 K63.822 K63.829 K63.89 K86.81 K90.0
K90.41 K90.49 K90.9 K50.90 K51.90 K31.84 K31.83 R14.0 R14.1 R14.3 R19.7 K59.00 A08.4 A04.71 A04.72 B96.81 B37.82
B37.9 J30.2 J45.909 N94.3 L40.9 L40.0 M32.9 G93.32 R53.82 M79.7 F32.A F41.9 F41.1 F90.9 F90.0 L70.0 L71.9 L20.9
L30.9 Z91.018 T78.19XA M06.9 M05.9 L40.50 L40.59 M25.50 M25.561 M54.50 M19.90 G35.A G35.B0 G35.B1 G35.B2 G35.C0
G35.C1 G35.C2 G35.D G25.81 E83.42 E83.41 E53.8 D51.9 E55.9 E61.1 D50.9 G47.00 Z79.1 Z79.82 Z79.01 Z79.02 Z79.52
Z79.3 Z79.60 Z79.899 Z87.11 D84.9 N18.30 K74.60 Z33.1 Z39.1 T47.1X5A Z71.3 Z72.4 Z73.3 R63.4 R13.10 R10.13
"""


@pytest.fixture(scope="module")
def package() -> dict[str, tuple[str, bool, str]]:
    """Code → title, whether it is a leaf, other names; as the package reads the files of the release."""
    done = subprocess.run(
        [sys.executable, "-c", ASK_THE_PACKAGE], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    rows = csv.reader(io.StringIO(done.stdout))
    return {code: (title, leaf == "1", names) for code, title, leaf, names in rows}


def test_the_table_has_the_codes_titles_and_leaves_of_the_release(package: dict[str, tuple[str, bool, str]]) -> None:
    ours = released_codes()
    assert len(package) > 98_000
    assert {row.code for row in _all()} == set(package)
    for code, (title, is_leaf, names) in package.items():
        found = ours.find(code)
        assert found is not None, code
        assert (found.title, found.is_leaf, " | ".join(found.includes)) == (title, is_leaf, names), code


def _all() -> list[ConditionCode]:
    """Every row of the shipped table, by way of its categories."""
    ours = released_codes()
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    categories = [f"{first}{second}{third}" for first in signs[10:] for second in signs[:11] for third in signs]
    found = [row for category in categories if (row := ours.find(category))]
    return [*found, *(below for row in found for below in ours.beneath(row.code))]


def test_the_leaves_are_those_of_the_other_file_of_the_release() -> None:
    """The release lists its codes in a second file, apart from the one that titles are read from."""
    [listed] = [file for file in distribution("simple-icd-10-cm").files or [] if file.name.startswith("code-list-")]
    assert "April-2026" in listed.name
    assert released_codes().release.isoformat() == "2026-04-01"
    lines = {line.strip() for line in listed.read_text().splitlines()}
    # Chapters are numbers, blocks have a hyphen.
    codes = {line for line in lines if line and not line.isdecimal() and "-" not in line}
    inner = {code[:length] for code in codes for length in range(3, len(code))}
    ours = {row.code.replace(".", "") for row in _all() if row.is_leaf}
    assert len(ours) > 74_000
    assert ours == codes - inner


def test_the_tool_writes_the_shipped_bytes_again(tmp_path: Path) -> None:
    again = (
        "import pathlib, sys, warnings; warnings.simplefilter('ignore'); from tools import make_icd10cm as make; "
        "make.SHIPPED = pathlib.Path(sys.argv[1]); make.ROOT = make.SHIPPED.parent; make.main()"
    )
    written = tmp_path / "again.gz"
    subprocess.run([sys.executable, "-c", again, str(written)], cwd=ROOT, check=True, capture_output=True, timeout=120)
    assert written.read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize("code", OF_A_GUT_CLINIC.split())
def test_the_codes_of_a_gut_clinic_are_leaves(code: str) -> None:
    assert check_condition_code(code).code == code


def test_codes_that_used_to_be_leaves_are_refused() -> None:
    with pytest.raises(NotALeaf, match=r"G35 is not a leaf: choose G35\.A, G35\.B0, G35\.B1.* or G35\.D\."):
        check_condition_code("G35")
    with pytest.raises(NotALeaf, match=r"K21\.0 is not a leaf: choose K21\.00 or K21\.01\."):
        check_condition_code("K21.0")
    with pytest.raises(NotALeaf, match=r"choose K63\.8211, K63\.8212 or K63\.8219\."):
        check_condition_code("K63.821")
    with pytest.raises(NotInRelease, match=r"T78\.1XXA is not in the April 2026 release.*T78\.19XA\."):
        check_condition_code("T78.1XXA")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("barrett", "K22.70"),
        ("GERD without", "K21.9"),
        ("zollinger", "E16.4"),
        ("sibo hydrogen", "K63.8211"),
        ("oesophagitis eosinophilic", "K20.0"),
        ("restless legs", "G25.81"),
        ("long term anticoagulants", "Z79.01"),
        ("ibs diarrhoea", "K58.0"),
    ],
)
def test_words_find_what_a_practitioner_means(words: str, code: str) -> None:
    assert search_conditions(words)[0].code == code


def test_a_search_shows_so_many_and_no_more() -> None:
    assert len(search_conditions("fracture")) == 25
    assert len(search_conditions("fracture", limit=3)) == 3
    assert search_conditions("leaky gut") == []


def test_the_first_look_up_is_quick_and_small() -> None:
    released_codes.cache_clear()
    began = time.process_time()
    check_condition_code("K21.9")
    assert time.process_time() - began < 0.3
    released_codes.cache_clear()
    tracemalloc.start()
    check_condition_code("K21.9")
    search_conditions("reflux")
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 30 * 2**20
    assert SHIPPED.stat().st_size < 1_500_000


def test_nothing_but_the_tool_imports_the_package() -> None:
    importing = [
        path.relative_to(ROOT)
        for package in ("clinics", "protocols", "patients", "gutclinic")
        for path in (ROOT / package).rglob("*.py")
        if "simple_icd_10_cm" in path.read_text(encoding="utf-8")
    ]
    assert importing == []
