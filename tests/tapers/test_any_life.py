"""Whatever people do to a taper, in whatever order and on whatever day, what was lived stays and no rule gives way."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clinics.actor import NotAllowed
from patients.models import Door, PrescriberAnswerKind, RedFlagReport, TaperHold, UseKind
from patients.services.errors import Refused
from patients.services.tapers import answering, requesting, substituting, using
from patients.services.tapers.revising import Extension, StepBack
from protocols.domain.amount import Amount
from protocols.domain.canonical import sha256_of
from protocols.domain.course import Course
from protocols.domain.taper import Dose, Step
from protocols.domain.taper_states import TAPER_TRANSITIONS, IllegalTaperMove, TaperMove, TaperStatus
from tests.fixtures.lives import Life, day, number_of
from tests.fixtures.tapers import on_day

BERLIN = ZoneInfo("Europe/Berlin")
TWENTY = Amount.parse("20 mg")
Act = Callable[[Life, int], object]


def clear(life: Life, today: int) -> object:
    report = RedFlagReport.objects.filter(cleared_at__isnull=True).first()
    return report and using.clear_red_flag(report, because="Seen.", by=life.cho, at=on_day(today))


def withdraw(life: Life, today: int) -> object:
    taper = life.taper
    return requesting.withdraw(taper, by=life.cho, at=on_day(today), revision=taper.revision)


def decline(life: Life, today: int) -> object:
    taper = life.taper
    waiting = taper.versions.filter(status="proposed").first()
    return waiting and answering.answer(
        taper,
        kind=PrescriberAnswerKind.DECLINE,
        door=Door.LINK,
        version_sha256=waiting.sha256,
        by=life.price,
        at=on_day(today),
    )


def substitute(life: Life, today: int) -> object:
    taper = life.taper
    swap = substituting.substitutes(taper, TWENTY)[0]
    return substituting.substitute(
        taper, strength=TWENTY, swap=swap, by=life.cho, at=on_day(today), revision=taper.revision
    )


def sign(life: Life, today: int) -> object:
    return life.taper.versions.filter(status="proposed").exists() and life.sign(today)


def propose(life: Life, today: int) -> object:
    return life.taper.versions.filter(status="draft").exists() and life.propose(today)


def act(draw: st.DrawFn) -> Act:
    """One thing that somebody does. What is said in days is counted from that day."""
    days, ahead = draw(st.integers(1, 10)), draw(st.integers(1, 12))
    kind = draw(st.sampled_from(UseKind))
    acts: dict[str, Act] = {
        "cho holds": lambda life, today: life.hold(today),
        "price holds": lambda life, today: life.hold(today, by=life.price),
        "cho resumes": lambda life, today: life.resume(today),
        "price resumes": lambda life, today: life.resume(today, by=life.price),
        "she changes": lambda life, today: life.says(UseKind.CHANGED, today),
        "she says": lambda life, today: life.says(kind, today),
        "rescue": lambda life, today: life.needs_rescue(today),
        "warning sign": lambda life, today: life.reports(today),
        "clear": clear,
        "extend": lambda life, today: life.draw_up(Extension(days), first=today + ahead, on=today),
        "step back": lambda life, today: life.draw_up(StepBack(), first=today + ahead, on=today),
        "propose": propose,
        "send": lambda life, today: life.send(today),
        "sign": sign,
        "withdraw": withdraw,
        "decline": decline,
        "substitute": substitute,
        "revise": lambda life, today: life.revise(StepBack(), first=today + ahead, on=today),
        "lengthen": lambda life, today: life.revise(Extension(days), first=today + ahead, on=today),
    }
    return acts[draw(st.sampled_from(sorted(acts)))]


@st.composite
def stories(draw: st.DrawFn) -> list[tuple[int, Act]]:
    """Things that happen, each so many days after the one before; perhaps it is stopped at the end."""
    story = [(draw(st.integers(0, 16)), act(draw)) for _ in range(draw(st.integers(3, 14)))]
    last: list[Act] = [
        lambda life, today: None,
        lambda life, today: life.stop(today),
        lambda life, today: life.revoke(today),
    ]
    return [*story, (draw(st.integers(0, 40)), draw(st.sampled_from(last)))]


@dataclass
class Watched:
    """A life, and what was really scheduled on each day that is over, written down day by day.

    is_asked: she says of each step that she has changed, on its first day.
    """

    life: Life
    today: int
    is_asked: bool
    lived: dict[int, tuple[Dose, ...]] = field(default_factory=dict)
    course: Course = field(init=False)

    def __post_init__(self) -> None:
        self.course = self.life.course

    def passes_to(self, number: int) -> None:
        """Each day ends, the next one begins, and the sweep comes."""
        while self.today < number:
            self.lived[self.today] = self.course.doses_on(day(self.today))
            self.today += 1
            if self.life.sweep(self.today):
                self.holds_true()
                self.is_looked_at_in_time()
            if self.is_asked and any(step.first == day(self.today) for step in self.course.steps):
                self.does(lambda life, today: life.changes(today))

    def does(self, what: Act) -> None:
        with suppress(Refused, IllegalTaperMove, NotAllowed), transaction.atomic():
            what(self.life, self.today)
        self.holds_true()

    def holds_true(self) -> None:
        self.course = self.life.course
        self._stays_as_lived()
        self._never_rises()
        self._has_one_of_each()
        self._was_signed()
        self._is_written_down()

    def _stays_as_lived(self) -> None:
        assert {number: self.course.doses_on(day(number)) for number in self.lived} == self.lived

    def _never_rises(self) -> None:
        for before, after in pairwise(self.course.steps):
            assert after.first == before.last + timedelta(days=1) or after.version > before.version
            assert average(after.step) <= average(before.step) or (after.number == 1 and after.version > before.version)

    def _has_one_of_each(self) -> None:
        taper = self.life.taper
        statuses = [version.status for version in taper.versions.all()]
        assert statuses.count("draft") + statuses.count("proposed") <= 1
        assert statuses.count("in-force") <= 1
        if taper.is_running:
            assert statuses.count("in-force") == 1
        held = TaperHold.objects.filter(version__taper=taper, resumed_on__isnull=True).count()
        assert held == (1 if taper.status == "held" else 0)

    def _was_signed(self) -> None:
        for version in self.life.taper.versions.filter(first_day__isnull=False):
            signature = version.signature
            assert sha256_of(bytes(signature.content)) == signature.sha256
            assert signature.terms().steps == version.terms().steps
            assert signature.terms().request == version.sha256
        signed = {version.number: version.terms().steps for version in self.life.taper.versions.all()}
        assert all(step.step == signed[step.version][step.number - 1] for step in self.course.steps)

    def _is_written_down(self) -> None:
        taper = self.life.taper
        lines = list(taper.transitions.order_by("pk"))
        for before, after in pairwise(lines):
            assert before.to_status == after.from_status
        assert lines[-1].to_status == taper.status
        for line in lines[1:]:
            if line.from_status != line.to_status:
                table = TAPER_TRANSITIONS[TaperMove(line.move)]
                assert table[TaperStatus(line.from_status)] == line.to_status

    def is_looked_at_in_time(self) -> None:
        """The sweep has just come: it comes again on the first day on which there is something to decide."""
        taper, course = self.life.taper, self.course
        wanted = []
        if taper.is_running:
            wanted += [number_of(step.first) - 1 for step in course.steps]
            wanted += [number_of(step.last) for step in course.steps if step.last is not None]
            if course.ends_on is not None:
                over = number_of(course.ends_on) + 1
                wanted.append(max(over + (84 if taper.status == "watching" else 0), self.today + 1))
        for version in taper.versions.filter(status="proposed"):
            made = [request.made_on for request in version.requests.all()]
            wanted += [number_of(min(made)) + 21] if made else []
        ahead = [number for number in wanted if number > self.today]
        expected = datetime.combine(day(min(ahead)), datetime.min.time(), BERLIN).astimezone(UTC) if ahead else None
        assert taper.looks_at == expected


def average(step: Step) -> Fraction:
    """Milligrams a day, as the pattern spreads them: counted here, and not where the steps count it."""
    milligrams = sum(Fraction(dose.amount.value) for dose in step.doses)
    if step.pattern.interval_days:
        return milligrams / step.pattern.interval_days
    return milligrams * Fraction(len(step.pattern.weekdays) or 7, 7)


@given(begins=st.integers(-5, 70), is_asked=st.booleans(), story=stories())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_is_done_no_rule_gives_way(
    life: Life, begins: int, is_asked: bool, story: list[tuple[int, Act]]
) -> None:
    with transaction.atomic():
        watched = Watched(life, today=-6, is_asked=is_asked)
        watched.passes_to(begins)
        for wait, what in story:
            watched.passes_to(watched.today + wait)
            watched.does(what)
        watched.passes_to(watched.today + 3)
        transaction.set_rollback(True)


@given(
    held=st.integers(-5, 112),
    days=st.integers(0, 28),
    later=st.one_of(st.none(), st.tuples(st.integers(1, 10), st.sampled_from([Extension(7), StepBack()]))),
)
@example(held=28, days=3, later=None)
@example(held=56, days=28, later=(1, StepBack()))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_held_and_resumed_all_that_was_left_is_left(
    life: Life, held: int, days: int, later: tuple[int, Extension | StepBack] | None
) -> None:
    """Counted by the test: which dose is scheduled on how many days, from the day of the hold, or from its end."""
    with transaction.atomic():
        if later is not None and held > 1:
            ahead, revision = later
            with suppress(Refused):
                life.revise(revision, first=held + ahead, on=held - 1)
        before = left_from(life, held)
        life.hold(held)
        life.resume(held + days)
        assert left_from(life, max(held + days, held)) == before
        transaction.set_rollback(True)


def left_from(life: Life, number: int) -> list[tuple[int, int, str, int]]:
    """Version, step, pattern and how many days of it, for the days from that one on."""
    found: dict[tuple[int, int, str], int] = {}
    course = life.course
    for ahead in range(number, number + 400):
        step = course.on(day(ahead))
        if step is not None:
            key = (step.version, step.number, str(step.step.pattern))
            found[key] = found.get(key, 0) + 1
    return [(*key, count) for key, count in sorted(found.items())]
