"""Units in which a substance cannot be taken: a slip that would otherwise leave a total unchecked."""

from __future__ import annotations

from typing import Final

from protocols.domain.amount import Unit
from protocols.domain.substances import Substance

_MASSES: Final = frozenset({Unit.G, Unit.MG, Unit.UG})
# What a label may count instead: how much one of them holds is not said, so it is in no total.
_COUNTS: Final = frozenset({Unit.CAPSULE, Unit.TABLET, Unit.PACKET, Unit.DROP, Unit.ML})
LIVE: Final = "live-probiotic"
"""The group of what is counted in CFU."""


def check_unit(unit: Unit, substance: Substance) -> str | None:
    """Why this unit is wrong for it, in a sentence; None where it may be right."""
    nutrient = substance.nutrient
    if unit is Unit.BILLION_CFU and LIVE not in substance.groups:
        return f"{substance.name} is not measured in {unit.label}: only what lives is counted so."
    if nutrient is None or unit in _MASSES | _COUNTS:
        return None
    if unit is Unit.IU and (
        substance.ug_per_iu is not None or nutrient.startswith("vitamin") or nutrient == "carotenoids"
    ):
        return None
    return f"{substance.name} is not measured in {unit.label}: write mg, µg or g, as in “500 mg”."
