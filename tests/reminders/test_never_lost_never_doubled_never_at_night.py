"""Weeks of one patient around a change of her clocks, through the real services and the database.

She has two phases ahead, is reminded of two parts of her day, can be reached in three ways of which one refuses some
messages, sleeps at other hours halfway, and moves to another zone. Whatever is handed over is judged by clock and
calendar of where she then lived, without what decides it: each thing once, counted across all channels, on its day,
never in her night, never more than two routine messages a day; and whatever she lived through in one place went.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction
from django.db.models import Min
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clinics.actor import Actor, for_system
from clinics.domain.quiet import LONGEST_QUIET, QuietHours
from patients.models import Message, Patient, Plan, Recurrence, Reminder
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.outbox import deliver_due, waiting
from patients.services.falling_back import fall_back
from patients.services.people import save_patient
from patients.services.sweeping import do_what_is_due
from tests.domain.test_what_recurs import HOUR, MINUTE, allowed_minutes, daily, distance, is_quiet, minutes_of
from tests.fixtures.sending import RecordingSender, SetClock
from tests.reminders.of_days import asks_for, takes

DAY = timedelta(days=1)
# Both hemispheres; a midnight that is skipped, one that comes twice; half an hour, three quarters past, two hours.
CHANGES = [
    ("Europe/Berlin", date(2027, 3, 28)),
    ("Europe/Berlin", date(2027, 10, 31)),
    ("America/Havana", date(2027, 3, 14)),
    ("America/Havana", date(2027, 11, 7)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),
    ("Australia/Lord_Howe", date(2027, 10, 3)),
    ("Australia/Sydney", date(2027, 10, 3)),
    ("America/Santiago", date(2027, 4, 3)),
    ("Pacific/Chatham", date(2027, 9, 26)),
    ("Antarctica/Troll", date(2027, 3, 28)),
]
ELSEWHERE = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"]
DAILY = ("day-noon", "day-evening")
ROUTINE = ("phase-coming", "phase-starts")
LATE_DAYS = {"phase-coming": 1}
SPARE = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Hours:
    """Where she lives, when she sleeps, and when she wants messages; from which instant on."""

    since: datetime
    zone: str
    quiet: QuietHours
    wanted: time

    def shown(self, at: datetime) -> datetime:
        return at.astimezone(daily(self.zone, self.wanted).zone)


@dataclass(frozen=True, slots=True)
class Life:
    """clocks_change: the date. lives: how she lives, one after another. noon, evening: when she is reminded of them.

    refuses: which hand-overs by email are refused for good, counted from 0.
    """

    clocks_change: date
    lives: tuple[Hours, ...]
    noon: time
    evening: time
    refuses: frozenset[int]


walls = st.builds(time, st.integers(0, 23), st.sampled_from((0, 10, 30, 59)))


@st.composite
def nights(draw: st.DrawFn) -> QuietHours:
    starts = draw(walls)
    length = draw(st.integers(1, LONGEST_QUIET // MINUTE))
    return QuietHours(starts, (datetime.combine(date(2027, 1, 1), starts) + length * MINUTE).time())


@st.composite
def life_stories(draw: st.DrawFn) -> Life:
    place, on = draw(st.sampled_from(CHANGES))
    begins = datetime.combine(on, time(), UTC) - 15 * DAY
    first = Hours(begins, place, draw(nights()), draw(walls))
    sleeps_otherwise = Hours(
        datetime.combine(on, time(), UTC) - draw(st.integers(0, 60)) * HOUR, place, draw(nights()), draw(walls)
    )
    moves = Hours(
        sleeps_otherwise.since + draw(st.integers(1, 50)) * HOUR,
        draw(st.sampled_from(ELSEWHERE)),
        sleeps_otherwise.quiet,
        sleeps_otherwise.wanted,
    )
    hours = st.builds(time, st.integers(8, 15), st.sampled_from((0, 20)))
    late = st.builds(time, st.integers(16, 22), st.sampled_from((0, 40)))
    refuses = frozenset(draw(st.sets(st.integers(0, 4), max_size=2)))
    return Life(on, (first, sleeps_otherwise, moves), draw(hours), draw(late), refuses)


class Refusing(RecordingSender):
    """Refuses some messages by email for good, and keeps when each of the others went."""

    def __init__(self, clock: SetClock, refuses: frozenset[int]) -> None:
        super().__init__()
        self.clock, self.refuses, self.by_email = clock, refuses, 0
        self.went: list[tuple[datetime, Envelope]] = []

    def send(self, envelope: Envelope) -> None:
        if envelope.channel == "email" and "angela" in envelope.address:
            self.by_email += 1
            if self.by_email - 1 in self.refuses:
                raise HandOverFailed("The mail server refused the message (554).", permanent=True)
        self.went.append((self.clock.at, envelope))


def instants(life: Life, until: datetime) -> Iterator[datetime]:
    """Each hour, each minute of the hours around the change, and whenever the rows say that something is due."""
    at = datetime.combine(life.clocks_change, time(), UTC) - 4 * DAY
    home = life.lives[0].zone
    of_change = minutes_of(home, life.clocks_change)
    around = {minute for minute in of_change if minute.minute == 0 and _offset_changes(home, minute)}
    while at < until:
        yield at
        is_near = any(abs(at - change) <= HOUR for change in around)
        usual = at + (MINUTE if is_near else (60 - at.minute) * MINUTE)
        due = [
            Reminder.objects.owed().filter(message__isnull=True).aggregate(at=Min("send_at"))["at"],
            Recurrence.objects.open().aggregate(at=Min("next_at"))["at"],
            Message.objects.filter(status="open").aggregate(at=Min("next_attempt_at"))["at"],
            Reminder.objects.filter(falls_back_since__isnull=False).aggregate(at=Min("falls_back_since"))["at"],
        ]
        moves = [hours.since for hours in life.lives]
        at = min([usual, *(max(each, at + MINUTE) for each in due if each), *(each for each in moves if each > at)])


def _offset_changes(place: str, at: datetime) -> bool:
    home = daily(place, time()).zone
    return (at - HOUR).astimezone(home).utcoffset() != (at + HOUR).astimezone(home).utcoffset()


def live(life: Life, angela: Patient, plan: Plan, by: Actor, until: datetime) -> Refusing:
    clock = SetClock(life.lives[0].since)
    sender = Refusing(clock, life.refuses)
    coming = list(life.lives[1:])
    for at in instants(life, until):
        clock.at = at
        while coming and coming[0].since <= at:
            settle(angela, coming.pop(0), by=by, at=at)
        # The whole of a sweep each hour, since most of it is about other things; between them what concerns messages.
        if at.minute == 0:
            do_what_is_due(by=for_system(), at=at)
        else:
            fall_back(at=at)
        waiting(at=at)
        deliver_due(sender=sender, clock=clock)
    return sender


def settle(angela: Patient, hours: Hours, *, by: Actor, at: datetime) -> None:
    angela.zone, angela.message_time = hours.zone, hours.wanted
    angela.quiet_starts, angela.quiet_ends = hours.quiet.starts, hours.quiet.ends
    save_patient(angela, by=by, at=at)


def hours_at(life: Life, at: datetime) -> Hours:
    return [hours for hours in life.lives if hours.since <= at][-1]


def lived_whole(life: Life, on: date, until: datetime) -> Hours | None:
    """How she lived on that date, if she did so all day, and had not come to it, or beyond it, elsewhere before."""
    for number, hours in enumerate(life.lives):
        ends = life.lives[number + 1].since if number + 1 < len(life.lives) else until
        minutes = minutes_of(hours.zone, on)
        before = [life.lives[n].shown(life.lives[n + 1].since - MINUTE).date() for n in range(number)]
        if minutes and hours.since <= min(minutes) and max(minutes) < ends and all(day < on for day in before):
            return hours
    return None


def judge(life: Life, sender: Refusing, until: datetime) -> None:
    went: list[tuple[datetime, Reminder]] = []
    messages: dict[tuple[date, str], set[str]] = defaultdict(set)
    for at, envelope in sender.went:
        message = Message.objects.get(idempotency_key=envelope.idempotency_key)
        if message.recipient_kind != "patient":
            continue
        hours = hours_at(life, at)
        wall = hours.shown(at)
        assert not is_quiet(wall.time(), hours.quiet), (life, wall)
        inside = list(message.reminders.all())
        went += [(at, row) for row in inside]
        if all(row.kind in ROUTINE for row in inside):
            messages[wall.date(), hours.zone].add(message.code)
        for row in inside:
            dates = {wall.date(), hours.shown(at - SPARE).date()} if row.kind in DAILY else {wall.date()}
            allowed = {row.civil_date + n * DAY for n in range(LATE_DAYS.get(row.kind, 0) + 1)}
            assert dates & allowed, (life, row.key, wall)
    assert all(len(codes) <= 2 for codes in messages.values()), (life, messages)
    counts = Counter((row.kind, row.civil_date, row.phase_id) for _, row in went)
    assert set(counts.values()) <= {1}, (life, counts)
    assert not Reminder.objects.owed().filter(recipient_kind="patient", too_late_at__lte=until).exists()
    at_of = {(row.kind, row.civil_date): at for at, row in went}
    first = life.clocks_change - 3 * DAY
    for on in (first + n * DAY for n in range(7)):
        home = lived_whole(life, on, until)
        if home is None:
            continue
        wanted = {"day-noon": life.noon, "day-evening": life.evening}
        if on == life.clocks_change:
            wanted["phase-starts"] = home.wanted
        if on == first:
            wanted["phase-coming"] = home.wanted
        for kind, wall_time in wanted.items():
            one = daily(home.zone, wall_time, home.quiet)
            minutes = allowed_minutes(one, on)
            assert minutes, "quiet hours are shorter than a day"
            assert (kind, on) in at_of, (life, kind, on)
            nearest = min(distance(one, on, minute) for minute in minutes)
            # Refused by email it goes by the next channel, which the next sweep or two find.
            assert distance(one, on, at_of[kind, on]) <= nearest + 3 * MINUTE, (life, kind, on, at_of[kind, on])


@pytest.mark.usefixtures("texting")
@settings(
    max_examples=2,
    phases=[Phase.generate],
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=life_stories())
def test_each_thing_goes_once_on_its_day_and_never_at_night(
    life: Life, angela: Patient, activate_plan: Callable[..., Plan], by: Actor
) -> None:
    first = life.lives[0]
    until = datetime.combine(life.clocks_change, time(), UTC) + 4 * DAY
    with transaction.atomic():
        settle(angela, first, by=by, at=first.since)
        plan = activate_plan(angela, starts_on=life.clocks_change - 14 * DAY, at=first.since)
        takes(plan, "with-lunch")
        takes(plan, "with-dinner", key="iron")
        asks_for(angela, at=first.since, noon=life.noon, evening=life.evening)
        judge(life, live(life, angela, plan, by, until), until)
        transaction.set_rollback(True)
