"""Write the shipped table of ICD-10-CM codes from the package simple-icd-10-cm, which is only installed to develop.

The package takes 190 MB and two seconds to load, so it never runs where patients are looked after. Run this again when
the package brings a new release: `python -m tools.make_icd10cm`. The same release gives the same bytes.
"""

import gzip
import sys
from pathlib import Path
from typing import Final

import simple_icd_10_cm as released

ROOT: Final = Path(__file__).resolve().parent.parent
RELEASE: Final = "2026-04-01"
"""What the files inside the package are named by: code-list-April-2026.txt, icd10c-tabular-April-1-2026.xml."""
SHIPPED: Final = ROOT / "protocols" / "packs" / "icd10cm-2026-04.tsv.gz"


def rows() -> list[tuple[str, ...]]:
    """Every category and every code beneath one, in order: its title and, if it has any, its other names."""
    codes = {code for code in released.get_all_codes(True) if released.is_category_or_subcategory(code)}
    return sorted(_row(code) for code in codes)


def _row(code: str) -> tuple[str, ...]:
    names = " | ".join(_one_line(name) for name in released.get_inclusion_term(code))
    return (code, _one_line(released.get_description(code)), *([names] if names else []))


def _one_line(text: str) -> str:
    """A few texts of the release have a tab or an end of line in them."""
    return " ".join(text.split())


def table() -> bytes:
    lines = [f"ICD-10-CM\t{RELEASE}", *("\t".join(row) for row in rows())]
    return ("\n".join(lines) + "\n").encode()


def main() -> None:
    SHIPPED.write_bytes(gzip.compress(table(), compresslevel=9, mtime=0))
    sys.stdout.write(f"{SHIPPED.relative_to(ROOT)}: {SHIPPED.stat().st_size:,} bytes.\n")


if __name__ == "__main__":
    main()
