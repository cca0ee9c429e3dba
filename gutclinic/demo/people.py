"""The further patients: who they are, and a record for each."""

from dataclasses import dataclass

from gutclinic.demo.desk import Desk
from patients.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A further patient: a number, a place, and how the clinic may reach them."""

    number: int
    zone: str
    email: bool = True
    reminders: bool = True
    portal: bool = False

    @property
    def address(self) -> str:
        return f"patient_{self.number:03}@example.org" if self.email else ""

    def received_at(self, desk: Desk) -> Patient:
        """Their record, written now."""
        patient = Patient(given_name="Patient", family_name=f"{self.number:03}", zone=self.zone)
        return desk.receive(patient, email=self.address, reminders=self.reminders, portal=self.portal)
