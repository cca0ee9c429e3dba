"""Pages as PDF, set by typst inside this process: no network, no fonts of the machine, no file but its templates.

A template reads its data as JSON. Text in it is never run as markup, whatever somebody typed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst
from django.conf import settings

from clinics.domain.paper import Paper

_STANDARD: Final = "ua-1"
"""Tagged, so that a screen reader reads it in order; typst refuses what would not be."""


def pdf(template: str, data: Mapping[str, Any], *, at: datetime, paper: Paper) -> bytes:
    """`templates/typst/<template>.typ` with this data. Equal data at one instant give equal bytes."""
    content = typst.compile(
        folder() / f"{template}.typ",
        root=folder(),
        font_paths=fonts(),
        sys_inputs=inputs(data, paper=paper),
        format="pdf",
        pdf_standards=[_STANDARD],
        # A page tells the second at which it was set; typst refuses anything finer.
        timestamp=at.astimezone(UTC).replace(microsecond=0),
    )
    assert isinstance(content, bytes)
    return content


@cache
def fonts() -> typst.Fonts:
    """The fonts inside the wheel, and none of this machine: a page looks the same wherever it is set."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def folder() -> Path:
    """Where the templates lie; no other file can be read by them."""
    return Path(settings.BASE_DIR) / "templates" / "typst"


def inputs(data: Mapping[str, Any], *, paper: Paper) -> dict[str, str]:
    """What a template reads: `json(bytes(sys.inputs.data))` and `sys.inputs.paper`."""
    return {"data": json.dumps(data, ensure_ascii=False), "paper": paper.value}
