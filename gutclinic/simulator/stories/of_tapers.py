"""Tapers that run: lived by the book, in silence, with rescue days and warning signs, held, drawn up anew, ended."""

from collections.abc import Iterator
from datetime import datetime

from gutclinic.simulator import person_acts, plan_acts, taper_days, taper_moves, taper_papers
from gutclinic.simulator.stories.taper_moods import anything
from gutclinic.simulator.stories.taper_opening import lived, next_change, signature, signed
from gutclinic.simulator.taper_life import TaperLife
from patients.models import Door, PrescriberAnswerKind, TaperEnd, UseKind
from protocols.domain.medicines import MedicineClass
from protocols.domain.terms import AlertRoute, Permissions


def by_the_book(life: TaperLife) -> Iterator[datetime]:
    """Every step on its day, to the last one and through the weeks after it; what is at home is counted in between."""
    yield from signed(life, in_days=3, within_days=2)
    for days, count in ((9, 5), (7, 90)):
        yield from lived(life, days=days)
        taper_days.count_units(life, "10 mg", count)
    yield from lived(life)
    while life.is_running:
        yield life.in_days(5, 9)
        taper_days.write(life, symptoms=life.rng.randint(0, 5), rescue_doses=life.rng.randint(0, 1))


def silent(life: TaperLife) -> Iterator[datetime]:
    """Not a word; the next step waits. In the end she says it, and then is silent once more, for longer than may be."""
    yield from signed(life)
    yield life.in_days(14, 22)
    taper_days.say(life, UseKind.NOT_YET)
    yield life.in_days(2, 4)
    taper_days.say(life, UseKind.CHANGED)
    yield life.in_days(38, 44)
    taper_moves.resume(life)
    if life.is_running:
        taper_moves.extend(life, days=3, in_days=6)
        taper_papers.propose(life)
        yield from signature(life, within_days=3)
        yield from lived(life)


def leaves_the_schedule(life: TaperLife) -> Iterator[datetime]:
    """She stops by herself, goes back up, comes back; later the pharmacy has none, and the clinic ends it."""
    yield from signed(life)
    yield from lived(life, days=11)
    kinds = (UseKind.STOPPED, UseKind.FASTER, UseKind.BACK_UP)
    taper_days.say(life, life.rng.choice(kinds), days_ago=life.rng.randint(0, 2))
    yield life.in_hours(1, 30)
    taper_days.say(life, life.rng.choice(kinds))
    yield life.in_days(2, 6)
    taper_days.say(life, UseKind.CHANGED)
    yield from lived(life, days=10)
    taper_days.say(life, UseKind.NO_SUPPLY)
    yield life.in_days(6, 12)
    taper_moves.stop(life, TaperEnd.PATIENTS_CHOICE)


def needs_rescue(life: TaperLife) -> Iterator[datetime]:
    """Rescue medicine on four days in seven, twice; held by the software where that was signed, else by a person.

    Later, for nine days in a row: after the fifth the practitioner lets it go on, unless the software held it before.
    """
    may_hold = life.rng.random() < 0.5
    yield from signed(life, days_per_step=10, permissions=Permissions(automatic_hold_at_threshold=may_hold))
    yield next_change(life, hour=20)
    for _ in range(2):
        taper_days.say(life, UseKind.CHANGED)
        for number in range(5):
            yield life.in_days(1)
            taper_days.write(life, symptoms=6, rescue_doses=1 + number % 2)
        yield life.in_hours(10, 40)
        taper_moves.hold(life)
        yield life.in_days(3, 9)
        taper_moves.resume(life)
    for number in range(9):
        yield life.in_days(1)
        taper_days.write(life, symptoms=5, rescue_doses=1)
        if number == 4:
            taper_moves.keep_going(life)
    yield from lived(life)


def notices_a_warning_sign(life: TaperLife) -> Iterator[datetime]:
    """At any hour; the professionals are told at once, and nothing goes on before it was looked into."""
    route = life.rng.choice(list(AlertRoute))
    may_hold = life.rng.random() < 0.6
    yield from signed(life, alert_route=route, permissions=Permissions(automatic_hold_at_red_flag=may_hold))
    yield from lived(life, days=9)
    for flag in ("chest-pain", "bloody-stool"):
        yield life.in_hours(0, 40)
        taper_days.notice(life, flag)
        if flag == "bloody-stool":
            # Within the hour, so that nobody else is called; of the first one the admin is told first.
            yield life.in_hours(0, 1)
            taper_days.take_on(life)
        yield life.in_hours(1, 30)
        taper_moves.hold(life)
        taper_moves.resume(life)
        yield life.in_days(1, 4)
        taper_days.clear(life)
        taper_moves.resume(life)
        yield from lived(life, days=8)
    yield from lived(life)


def takes_something_else(life: TaperLife) -> Iterator[datetime]:
    """A medicine that makes bleeding more likely is new in the record; another one was a mistake."""
    yield from signed(life)
    yield from lived(life, days=6)
    taper_days.take_besides(life, MedicineClass.NSAID)
    yield from lived(life, days=8)
    taper_days.not_besides(life)
    taper_days.take_besides(life, MedicineClass.ANTICOAGULANT)
    yield from lived(life)


def held_and_resumed(life: TaperLife) -> Iterator[datetime]:
    """By the practitioner and by the prescriber, before the first day, within a step, and on the last day of one."""
    yield from signed(life, in_days=6, within_days=2)
    taper_moves.hold(life)
    yield life.in_days(5, 9)
    taper_moves.resume(life)
    for by_prescriber, days_before in ((False, 3), (True, 1)):
        yield next_change(life, hour=9, days_before=days_before)
        taper_days.say(life, UseKind.CHANGED)
        taper_moves.use_outdated_screen(life)
        taper_moves.hold(life, by_prescriber=by_prescriber)
        yield life.in_days(1, 10)
        taper_moves.resume(life)
        yield life.in_hours(1, 60)
        taper_moves.resume(life, by_prescriber=True)
    yield from lived(life)


def drawn_up_anew(life: TaperLife) -> Iterator[datetime]:
    """A step lasts longer, once it is signed; then a step back, which begins while it is held; then one in vain."""
    yield from signed(life, days_per_step=9)
    yield from lived(life, days=13)
    taper_moves.extend(life, days=life.rng.randint(2, 9), in_days=3)
    taper_papers.propose(life)
    yield from signature(life, within_days=2)
    yield from lived(life, days=8)
    taper_moves.hold(life)
    yield life.in_days(1, 4)
    taper_moves.step_back(life, in_days=2)
    taper_papers.propose(life)
    # Signed late: it may no longer begin where it was drawn up for.
    yield from signature(life, within_days=6)
    taper_moves.resume(life)
    yield from lived(life, days=9)
    taper_moves.step_back(life, in_days=4)
    taper_papers.propose(life)
    taper_papers.send(life, Door.FAX_OR_LETTER)
    yield from lived(life, days=life.rng.choice((8, 26)))
    taper_papers.answer(life, PrescriberAnswerKind.DECLINE, Door.FAX_OR_LETTER)
    yield from lived(life)


def back_after_the_last_step(life: TaperLife) -> Iterator[datetime]:
    """It was over; symptoms came; a step back is signed."""
    yield from signed(life, days_per_step=5, in_days=2, within_days=1)
    yield from lived(life)
    yield life.in_days(4, 9)
    taper_days.write(life, symptoms=7, rescue_doses=3)
    taper_moves.step_back(life, in_days=3)
    taper_papers.propose(life)
    yield from signature(life, within_days=2)
    yield from lived(life)


def ended_early(life: TaperLife) -> Iterator[datetime]:
    """The prescriber takes the agreement back, or it was the wrong patient; a warning sign of that day is told of."""
    yield from signed(life)
    yield from lived(life, days=10)
    taper_moves.extend(life, days=4, in_days=5)
    taper_papers.propose(life)
    taper_papers.send(life, Door.LINK)
    yield from lived(life, days=life.rng.randint(1, 5))
    taper_days.notice(life, "bloody-stool")
    life.rng.choice((taper_moves.revoke, taper_moves.enter_in_error))(life)
    if life.has_running_plan:
        plan_acts.revoke(life.life)
    yield life.in_days(2, 9)
    taper_days.say(life, UseKind.CHANGED)
    taper_moves.enter_in_error(life)


def taken_along(life: TaperLife) -> Iterator[datetime]:
    """She moves over the date line, there and back, around the days on which a step ends."""
    yield from signed(life)
    home = life.patient.zone
    for hour, zone in ((5, "Pacific/Pago_Pago"), (23, "Pacific/Kiritimati"), (12, "Pacific/Pago_Pago"), (20, home)):
        yield next_change(life, hour=hour, days_before=life.rng.randint(0, 2))
        if life.rng.random() < 0.6:
            taper_days.say(life, UseKind.CHANGED)
        person_acts.move_to(life.life, zone)
    yield from lived(life)


def anything_goes(life: TaperLife) -> Iterator[datetime]:
    """Whatever people may think of, at any hour, legal or not."""
    yield from signed(life)
    if not life.exists:
        return
    for _ in range(life.rng.randint(14, 26)):
        yield life.in_hours(0, 24 * 6)
        anything(life)
