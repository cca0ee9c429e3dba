from protocols.models.catalogue import Medicine, MedicineStrength
from protocols.models.content import EvidenceGrade, ItemKind
from protocols.models.enabling import EnabledSubstance
from protocols.models.rules import SafetyRuleReview
from protocols.models.supplement import FinancialInterest, Ingredient, PurchasePlace, Supplement
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
    "FinancialInterest",
    "Ingredient",
    "ItemKind",
    "Medicine",
    "MedicineStrength",
    "OrderTemplate",
    "PhaseTemplate",
    "ProtocolTemplate",
    "PurchasePlace",
    "SafetyRuleReview",
    "Supplement",
    "TemplateVersion",
    "VersionStatus",
]
