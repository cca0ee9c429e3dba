from protocols.models.content import EvidenceGrade, ItemKind
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
    "EvidenceGrade",
    "ItemKind",
    "OrderTemplate",
    "PhaseTemplate",
    "ProtocolTemplate",
    "TemplateVersion",
    "VersionStatus",
]
