"""The clinic's protocols, medicines and supplements in the workspace."""

from protocols.admin.catalogue import MedicineAdmin
from protocols.admin.rules import SafetyRuleAdmin
from protocols.admin.supplement import SupplementAdmin
from protocols.admin.template import ProtocolTemplateAdmin
from protocols.admin.version import TemplateVersionAdmin

__all__ = ["MedicineAdmin", "ProtocolTemplateAdmin", "SafetyRuleAdmin", "SupplementAdmin", "TemplateVersionAdmin"]
