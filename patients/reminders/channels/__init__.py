"""The ways a message leaves the house. A channel hands one envelope over, or says why it could not."""

from patients.reminders.channels.email import EmailSender
from patients.reminders.channels.envelope import Envelope, HandOverFailed, Sender, opaque_key

__all__ = ["EmailSender", "Envelope", "HandOverFailed", "Sender", "opaque_key"]
