"""The clinic's protocols and medicines in the workspace."""

from protocols.admin.catalogue import MedicineAdmin
from protocols.admin.template import ProtocolTemplateAdmin
from protocols.admin.version import TemplateVersionAdmin

__all__ = ["MedicineAdmin", "ProtocolTemplateAdmin", "TemplateVersionAdmin"]
