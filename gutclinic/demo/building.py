"""Building the clinic of the demonstration: everything by the services that the pages use, relative to today."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, User
from clinics.roles import Role
from clinics.services.staff import accept_staff_invitation, invite_staff, open_clinic
from gutclinic.demo import angela as angelas
from gutclinic.demo.angelas_orders import angelas_orders
from gutclinic.demo.angelas_reminders import MUTED, angelas_reminders, muted
from gutclinic.demo.angelas_taper import angelas_taper
from gutclinic.demo.cast import further_patients, home_of
from gutclinic.demo.cupboard import fill_cupboard
from gutclinic.demo.desk import Desk
from gutclinic.demo.further_tapers import further_tapers
from gutclinic.demo.past_post import PastPost
from gutclinic.demo.people import Person
from gutclinic.demo.prescribers import enter_prescribers
from gutclinic.demo.staffing import staff_the_clinic
from gutclinic.demo.stopped_orders import stopped_orders
from gutclinic.demo.stories import Told, under_way
from gutclinic.demo.timeline import Clock, live
from protocols.models import TemplateVersion
from protocols.services.catalogue_loading import load_catalogue
from protocols.services.packs import load_pack
from protocols.services.templates import publish

# Before the longest story begins.
OPENED_DAYS_AGO = 200
PACK = "five-phase"


def build(
    *, system: Actor, at: datetime, cast: Sequence[tuple[Person, Told]] | None = None, keeps_letters: bool = False
) -> None:
    """Fill an empty database. at: now; nothing happens after it. cast: other further patients than all of them.

    keeps_letters: whether the messages of the last days are written to the outbox.
    """
    opened_at = at - timedelta(days=OPENED_DAYS_AGO)
    clock = Clock(opened_at)
    load_catalogue(by=system, at=opened_at)
    lindenhof, dr_cho = _open("Lindenhof practice", "Europe/Berlin", "dr_cho", system=system, at=opened_at)
    colleague = _invite(lindenhof, "assistant_1", [Role.ASSISTANT], by=staff_in(lindenhof, dr_cho), at=opened_at)
    enter_prescribers(lindenhof, practitioner=dr_cho, colleague=colleague, at=opened_at)
    fill_cupboard(lindenhof, by=staff_in(lindenhof, dr_cho), at=opened_at)
    lindenhof.telephone = "+49 30 23125 017"  # of a range that is given to nobody
    lindenhof.save(update_fields=["telephone"])
    staff_the_clinic(lindenhof, in_turn=[colleague], by=staff_in(lindenhof, dr_cho), at=opened_at)
    harbour, dr_dee = _open("Harbour practice", "Pacific/Auckland", "dr_dee", system=system, at=opened_at)
    here = _desk(lindenhof, dr_cho, system=system, clock=clock, until=at)
    there = _desk(harbour, dr_dee, system=system, clock=clock, until=at)
    stories = [angelas.angela(here), angelas.ben(here), angelas_taper(here, angelas.HOME)]
    stories.append(angelas_orders(here, angelas.HOME))
    stories.append(angelas_reminders(here, angelas.HOME))
    told = further_patients() if cast is None else cast
    stories += [story(here, person) for person, story in told]
    numbers = {person.number for person, _ in told}
    stories += further_tapers(here, among=numbers)
    stories += stopped_orders(here, among=numbers)
    if MUTED in numbers:
        stories.append(muted(here, home=home_of(MUTED)))
    stories.append(under_way(17)(there, Person(number=41, zone="Pacific/Auckland", portal=True)))
    post = PastPost(clock, until=at, keeps=keeps_letters)
    live(stories, clock=clock, until=at, sender=post, system=system)


def _open(name: str, zone: str, person: str, *, system: Actor, at: datetime) -> tuple[Clinic, User]:
    """A clinic, and the practitioner who runs it."""
    clinic, secret = open_clinic(
        name=name,
        zone=zone,
        admin_email=f"{person}@example.org",
        roles=[Role.PRACTITIONER, Role.CLINIC_ADMIN],
        by=system,
        at=at,
    )
    user = accept_staff_invitation(clinic.invitations.get().code, secret, at=at)
    user.name = _spoken(person)
    user.save(update_fields=["name"])
    return clinic, user


def _invite(clinic: Clinic, person: str, roles: list[Role], *, by: Actor, at: datetime) -> User:
    invitation, secret = invite_staff(
        clinic, email=f"{person}@example.org", name=_spoken(person), roles=roles, by=by, at=at
    )
    return accept_staff_invitation(invitation.code, secret, at=at)


def _spoken(person: str) -> str:
    """“dr_cho” as colleagues say it: “Dr Cho”."""
    return person.replace("_", " ").title()


def _desk(clinic: Clinic, practitioner: User, *, system: Actor, clock: Clock, until: datetime) -> Desk:
    by = staff_in(clinic, practitioner)
    version = load_pack(PACK, clinic=clinic, by=system, at=clock.at).version
    published: TemplateVersion = publish(version, by=by, at=clock.at)
    return Desk(clinic=clinic, version=published, practitioner=practitioner, by=by, clock=clock, until=until)
