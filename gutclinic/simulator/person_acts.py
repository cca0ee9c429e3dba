"""What changes about the person: where they live, when they sleep, whether and where they may be written to."""

from collections.abc import Callable

from gutclinic.simulator.life import Life
from gutclinic.simulator.places import choose_habits
from patients.models import ContactPoint
from patients.services.people import end_contact_point, save_contact_point, save_patient


def move_to(life: Life, zone: str) -> bool:
    life.patient.zone = zone
    return _act(life, "move", lambda: save_patient(life.patient, by=life.by, at=life.clock.at))


def change_habits(life: Life) -> bool:
    choose_habits(life.patient, life.rng)
    return _act(life, "habits", lambda: save_patient(life.patient, by=life.by, at=life.clock.at))


def allow_messages(life: Life, allowed: bool) -> bool:
    contact = ContactPoint.objects.get(patient=life.patient, ended_at__isnull=True)
    contact.messages_allowed = allowed
    return _act(life, "consent", lambda: save_contact_point(contact, by=life.by, at=life.clock.at))


def lose_address(life: Life) -> bool:
    contact = ContactPoint.objects.get(patient=life.patient, ended_at__isnull=True)
    return _act(life, "address", lambda: end_contact_point(contact, by=life.by, at=life.clock.at))


def give_address(life: Life, address: str) -> bool:
    contact = ContactPoint(patient=life.patient, value=address, messages_allowed=True)
    return _act(life, "address", lambda: save_contact_point(contact, by=life.by, at=life.clock.at))


def has_address(life: Life) -> bool:
    return ContactPoint.objects.filter(patient=life.patient, ended_at__isnull=True).exists()


def _act(life: Life, name: str, call: Callable[[], object]) -> bool:
    """Change the record, and look at what became of the plan."""

    def change(plan: object) -> None:
        call()
        life.meet()

    return life.act(name, change)
