"""The clinic's protocols in the workspace."""

from protocols.admin.template import ProtocolTemplateAdmin
from protocols.admin.version import TemplateVersionAdmin

__all__ = ["ProtocolTemplateAdmin", "TemplateVersionAdmin"]
