"""Telling simple-history when and by whom a patient's record was changed: one way of it, for every package."""

from clinics.services.record_history import stamp_history

__all__ = ["stamp_history"]
