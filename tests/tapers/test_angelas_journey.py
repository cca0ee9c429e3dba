"""Angela's taper from the draft to its end, through the services."""

from collections.abc import Callable
from datetime import date, timedelta

from clinics.actor import Actor, for_system
from patients.actor import acting_patient
from patients.models import Door, Patient, Taper, UseKind
from patients.models.taper_course import course_of
from patients.services.tapers import holding, looking_after, revising, using
from patients.services.tapers.requesting import propose, send
from tests.fixtures.tapers import FIRST_DAY, on_day


def test_the_whole_taper_is_as_the_published_one(taper: Taper) -> None:
    course = course_of(taper)
    doses = [course.doses_on(FIRST_DAY + timedelta(days=n)) for n in range(112)]
    milligrams = [sum(int(dose.amount.value) for dose in day) for day in doses]
    assert sum(milligrams) == 1060
    assert (course.first_day, course.ends_on) == (FIRST_DAY, FIRST_DAY + timedelta(days=111))


def test_a_hold_and_its_end_keep_the_signature(taper: Taper, by: Actor) -> None:
    holding.hold(taper, reason="Travelling", by=by, at=on_day(30), revision=taper.revision)
    taper.refresh_from_db()
    assert taper.status == "held"
    assert course_of(taper).ends_on is None
    holding.resume(taper, by=by, at=on_day(37), revision=taper.revision)
    taper = Taper.objects.get(pk=taper.pk)
    assert taper.status == "active"
    assert course_of(taper).ends_on == FIRST_DAY + timedelta(days=111 + 7)
    assert taper.versions.count() == 1


def test_a_step_back_counts_only_once_it_is_signed(
    taper: Taper, angela: Patient, by: Actor, sign_taper: Callable[..., Taper]
) -> None:
    using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(1))
    using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(29))
    taper.refresh_from_db()
    back_on = FIRST_DAY + timedelta(days=40)
    version = revising.draw_up_revision(
        taper,
        revising.StepBack(),
        first_day=back_on,
        reason="Symptoms came back.",
        by=by,
        at=on_day(38),
        on_screen=taper.revision,
    )
    taper.refresh_from_db()
    propose(taper, shown=version.sha256, by=by, at=on_day(38), revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.LINK, by=by, at=on_day(38), revision=taper.revision)
    assert str(course_of(Taper.objects.get(pk=taper.pk)).doses_on(back_on)[0].amount) == "10 mg"
    taper = sign_taper(taper, at=on_day(39))
    assert str(course_of(taper).doses_on(back_on - timedelta(days=1))[0].amount) == "10 mg"
    assert str(course_of(taper).doses_on(back_on)[0].amount) == "20 mg"


def test_it_waits_while_nobody_knows_what_she_takes(taper: Taper, angela: Patient) -> None:
    last = on_day(28)
    assert taper.looks_at is not None
    assert looking_after.look_after_tapers(by=for_system(), at=last) == 1
    taper = Taper.objects.get(pk=taper.pk)
    assert taper.status == "held"
    using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(31))
    taper = Taper.objects.get(pk=taper.pk)
    assert taper.status == "active"
    step = course_of(taper).on(FIRST_DAY + timedelta(days=30))
    assert step is not None
    assert (step.number, step.last) == (1, date(2027, 1, 11) + timedelta(days=30))
