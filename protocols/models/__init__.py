from protocols.models.catalogue import Medicine, MedicineStrength
from protocols.models.content import EvidenceGrade, ItemKind
from protocols.models.enabling import EnabledSubstance
from protocols.models.template import (
    CriterionTemplate,
    OrderTemplate,
    PhaseTemplate,
    ProtocolTemplate,
    TemplateVersion,
    VersionStatus,
)

__all__ = [
    "CriterionTemplate",
    "EnabledSubstance",
    "EvidenceGrade",
    "ItemKind",
    "Medicine",
    "MedicineStrength",
    "OrderTemplate",
    "PhaseTemplate",
    "ProtocolTemplate",
    "TemplateVersion",
    "VersionStatus",
]
