"""The practitioner’s workspace."""
