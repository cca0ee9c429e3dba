"""Everybody and everything of a run, as it stands before the first act."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from clinics.actor import Actor
from clinics.models import Membership, User
from gutclinic.simulator.cast import Cast
from gutclinic.simulator.clock import BEGINS, Clock, Outage
from gutclinic.simulator.evidence import Evidence
from gutclinic.simulator.life import Life
from gutclinic.simulator.notebook import Notebook
from gutclinic.simulator.people import House, admin_of, name_of, open_houses, receive_patient
from gutclinic.simulator.post import Post
from gutclinic.simulator.stories import MOVING, STEADY, Story, TaperStory
from gutclinic.simulator.taper_drafts import MEDICINE_WORDS
from gutclinic.simulator.taper_life import TaperLife
from patients.models import RecipientKind

# One of each kind in so many days, or in part of them.
OUTAGE_EVERY_DAYS: Final = 45
UNRELIABLE_EVERY: Final = 10
REFUSING_EVERY: Final = 20
# Of those who come off a medicine: the prescriber of every third works in the clinic.
INSIDE_EVERY: Final = 3


@dataclass(slots=True)
class World:
    evidence: Evidence
    notebook: Notebook
    clock: Clock
    post: Post
    lives: list[tuple[Life, Story]]
    tapers: list[tuple[TaperLife, TaperStory]]
    # The practitioner who leaves, and when.
    leaver: User
    leaves_at: datetime
    # From when on a sweep puts all plans whose morning has come before the safety rules.
    looks_at: datetime = BEGINS


def make_world(*, patients: int, days: int, seed: int, cast: Cast, by: Actor) -> World:
    """Clinics, staff and patients; the failures to come. cast: who is given which story. by: the system."""
    rng = Random(f"{seed} world")
    clock = Clock(BEGINS)
    evidence = Evidence(
        begins=BEGINS, ends=BEGINS + timedelta(days=days), outages=_outages(rng, days, shortest=3, longest=60)
    )
    notebook = Notebook(evidence)
    post = Post(seed, clock, _outages(rng, days, shortest=1, longest=9), evidence.names, evidence.hand_overs)
    houses = open_houses(by=by, at=clock.at)
    for house in houses:
        for user in house.practitioners:
            notebook.meet(RecipientKind.STAFF, user.code, user.name, user, is_reachable=True, at=clock.at)
        admin = admin_of(house.clinic)
        evidence.admins[house.clinic.pk] = admin.code
        notebook.meet(
            RecipientKind.STAFF, admin.code, f"the admin of {house.clinic}", admin, is_reachable=True, at=clock.at
        )
        _meet_prescribers(house, notebook, at=clock.at)
        evidence.private_words.update(_private_words(house))
    lives = [
        (_life(number, houses, notebook=notebook, clock=clock, seed=seed), cast.story(number))
        for number in range(1, patients + 1)
    ]
    evidence.private_words.update(life.patient.given_name for life, _ in lives)
    for life, _ in lives:
        if life.number % UNRELIABLE_EVERY == 0:
            post.unreliable[name_of(life.number)] = 0.6
        if life.number % REFUSING_EVERY == 5:
            post.refusing_from[name_of(life.number)] = rng.randint(1, 4)
    post.unreliable[houses[1].practitioners[0].name] = 0.2
    post.unreliable[houses[1].pharmacy.outside.name] = 0.4
    post.refusing_from[houses[2].pharmacy.outside.name] = 3
    return World(
        evidence,
        notebook,
        clock,
        post,
        lives,
        _tapers(lives, cast, seed=seed),
        leaver=houses[2].practitioners[-1],
        leaves_at=BEGINS + timedelta(days=days * 0.6, hours=7),
    )


def _life(number: int, houses: list[House], *, notebook: Notebook, clock: Clock, seed: int) -> Life:
    rng = Random(f"{seed} {name_of(number)}")
    house = houses[number % len(houses)]
    practitioner = house.practitioners[(number // len(houses)) % len(house.practitioners)]
    patient = receive_patient(number, house, by=house.acting(practitioner), rng=rng, at=clock.at)
    life = Life(practitioner, patient, rng, clock, number, house, notebook)
    life.meet()
    return life


def _tapers(lives: list[tuple[Life, Story]], cast: Cast, *, seed: int) -> list[tuple[TaperLife, TaperStory]]:
    """Some of these patients come off a medicine, each in a way of their own."""
    chosen = [life for life, _ in lives if cast.tapers(life.number)]
    tapers = []
    for place, life in enumerate(chosen):
        pharmacy = life.house.pharmacy
        prescriber = pharmacy.inside if place % INSIDE_EVERY == INSIDE_EVERY - 1 else pharmacy.outside
        rng = Random(f"{seed} {name_of(life.number)} taper")
        taper = TaperLife(life.practitioner, life.patient, rng, life.clock, life, prescriber)
        tapers.append((taper, cast.taper_story(place)))
    return tapers


def _meet_prescribers(house: House, notebook: Notebook, *, at: datetime) -> None:
    for prescriber in (house.pharmacy.outside, house.pharmacy.inside):
        name = f"{prescriber.name} as prescriber" if prescriber.user else prescriber.name
        receiving = prescriber.user or prescriber
        notebook.meet(RecipientKind.PRESCRIBER, prescriber.code, name, receiving, is_reachable=True, at=at)


def is_steady(world: World, life: Life, story: Story) -> bool:
    """Whether everything that this patient is owed can be told in advance."""
    name = name_of(life.number)
    moving = {name_of(taper.life.number) for taper, taper_story in world.tapers if taper_story in MOVING}
    disturbed = {*world.post.unreliable, *world.post.refusing_from, *moving}
    return story in STEADY and name not in disturbed


def leave(world: World, at: datetime) -> None:
    """The practitioner works here no more; nobody has taken over the patients yet."""
    for membership in Membership.objects.of(world.leaver):
        membership.end(at=at)
    world.notebook.meet(
        RecipientKind.STAFF, world.leaver.code, world.leaver.name, world.leaver, is_reachable=False, at=at
    )


def _outages(rng: Random, days: int, *, shortest: int, longest: int) -> list[Outage]:
    """Outages of so many hours, one in each part of the run."""
    outages = []
    for first in range(0, days, OUTAGE_EVERY_DAYS):
        part = min(OUTAGE_EVERY_DAYS, days - first)
        begins = BEGINS + timedelta(days=first, minutes=rng.randrange(part * 24 * 60))
        outages.append(Outage(begins, begins + timedelta(minutes=rng.randint(shortest * 60, longest * 60))))
    return outages


def _private_words(house: House) -> set[str]:
    """The clinic's own name, and every title and name that a plan here may show."""
    words = {house.clinic.name, *(user.name for user in house.practitioners), *MEDICINE_WORDS}
    for version in house.versions:
        words.update(phase.title for phase in version.phases.all())
        words.update(order.name for order in version.orders.all())
        words.add(version.template.title)
    return words
