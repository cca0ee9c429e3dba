"""What she says she takes is recorded beside the schedule. Only “Yes, I have changed” moves anything."""

from datetime import UTC, datetime, time, timedelta

import pytest

from clinics.actor import NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from patients.actor import acting_patient
from patients.models import Patient, Taper, Told, UseKind, UseReport
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers import using
from patients.services.tapers.revising import Extension, StepBack
from patients.services.tapers.use_known import has_changed, use_is_known
from tests.fixtures.lives import Life, day
from tests.fixtures.tapers import on_day

OTHER_KINDS = [kind for kind in UseKind if kind is not UseKind.CHANGED]
LEAVING = [kind for kind in UseKind if kind.leaves_schedule]


def midnight(number: int) -> datetime:
    """The instant at which that day of the taper begins in Berlin, in winter: an hour before it does in UTC."""
    return datetime.combine(day(number), time(0), UTC) - timedelta(hours=1)


def test_a_report_names_the_step_of_its_day(life: Life) -> None:
    report = life.says(UseKind.CHANGED, 30, note="  At last. ")
    assert (report.version.number, report.step, report.since, report.note) == (1, 2, day(30), "At last.")
    assert (report.by_kind, report.reported_at) == ("patient", on_day(30))


@pytest.mark.parametrize("kind", list(UseKind))
def test_none_of_them_changes_the_schedule(life: Life, kind: UseKind) -> None:
    before = life.all_mg(range(1, 113))
    life.says(kind, 10)
    assert (life.status, life.all_mg(range(1, 113))) == ("active", before)


def test_before_the_first_step_there_is_nothing_to_say(life: Life) -> None:
    with pytest.raises(Refused, match="not begun yet"):
        life.says(UseKind.CHANGED, 0)
    life.hold(0)
    with pytest.raises(Refused, match="not begun yet"):
        life.says(UseKind.CHANGED, 2)
    assert not UseReport.objects.exists()


def test_before_the_signature_neither(unsigned: Life) -> None:
    with pytest.raises(Refused, match="not running"):
        unsigned.says(UseKind.STOPPED, 3)


def test_once_it_has_ended_neither(life: Life) -> None:
    life.stop(10)
    with pytest.raises(Refused, match="not running"):
        life.says(UseKind.STOPPED, 11)


def test_it_is_true_since_today_or_earlier_and_never_since_tomorrow(life: Life) -> None:
    assert life.says(UseKind.STOPPED, 10, since=day(7)).since == day(7)
    for since in (day(11), day(-7)):
        with pytest.raises(InvalidRequest) as refused:
            life.says(UseKind.STOPPED, 10, since=since)
        assert refused.value.field == "since"


def test_said_twice_on_one_day_it_is_said_once(life: Life) -> None:
    first = life.says(UseKind.STOPPED, 10)
    assert life.says(UseKind.STOPPED, 10, hours=1) == first
    assert life.says(UseKind.STOPPED, 11) != first
    life.says(UseKind.BACK_UP, 11, hours=1)
    life.says(UseKind.STOPPED, 11, hours=2)
    assert UseReport.objects.count() == 4


def test_the_practitioner_writes_it_down_for_her(life: Life) -> None:
    report = using.report_use(life.taper, kind=UseKind.CHANGED, told=Told.TELEPHONE, by=life.cho, at=on_day(10))
    assert (report.by_kind, report.by_code) == ("staff", life.cho.code)


def test_nobody_else_says_what_she_takes(
    life: Life, ben: Patient, clinic: Clinic, assistant_1: User, other_clinic: Clinic, dr_dee: User
) -> None:
    actors = [
        life.price,
        for_system(),
        acting_patient(ben),
        staff_in(clinic, assistant_1),
        staff_in(other_clinic, dr_dee),
    ]
    for by in actors:
        with pytest.raises(NotAllowed):
            using.report_use(life.taper, kind=UseKind.CHANGED, by=by, at=on_day(10))
    assert not UseReport.objects.exists()


# --- Waiting for her ----------------------------------------------------------------------------------------


def test_unanswered_the_next_step_waits_until_she_has_changed(life: Life) -> None:
    life.sweeps(1, 28)
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "use-unknown")
    life.changes(33)
    assert life.status == "active"
    assert life.all_mg(range(27, 36)) == [20] * 7 + [10, 10]
    assert life.moves()[-1] == ("resume", "held", "active")


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_whatever_else_she_says_it_goes_on_waiting(life: Life, kind: UseKind) -> None:
    life.sweeps(1, 28)
    life.says(kind, 30)
    assert life.status == "held"


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_her_newest_word_counts(life: Life, kind: UseKind) -> None:
    life.changes(1)
    life.says(kind, 10)
    life.sweeps(11, 28)
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "use-unknown")


@pytest.mark.parametrize("kind", LEAVING)
def test_back_on_the_schedule_the_next_step_comes(life: Life, kind: UseKind) -> None:
    life.says(kind, 10)
    life.changes(12)
    life.sweeps(12, 29)
    assert (life.status, life.mg(29)) == ("active", 10)


def test_an_answer_about_an_earlier_step_is_none_about_this_one(life: Life) -> None:
    life.changes(1, 28)
    life.sweeps(28, 56)
    assert life.status == "held"
    assert life.hold_that_is_on.first_day == day(56)


def test_an_extension_asks_nothing_new(life: Life) -> None:
    """She has changed to 10 mg and goes on with it: nobody asks her again, and nothing waits for an answer."""
    life.changes(1, 29)
    life.revise(Extension(7), first=45, on=40)
    life.sweeps(40, 63)
    assert life.status == "active"
    assert life.all_mg([63, 64, 65]) == [10, 10, 0]


def test_a_step_back_does_not_wait_for_her(life: Life) -> None:
    """“I went back up”, she said; the step back was signed knowing it."""
    life.changes(1)
    life.says(UseKind.BACK_UP, 35)
    life.revise(StepBack(), first=45, on=40)
    life.sweeps(40, 46)
    assert (life.status, life.mg(46)) == ("active", 20)


def test_the_end_waits_for_her_too(life: Life) -> None:
    life.changes(1, 29, 57)
    life.sweeps(85, 112)
    assert life.status == "held"
    assert life.hold_that_is_on.first_day == day(112)


# --- From when on nobody knows ------------------------------------------------------------------------------


def test_three_days_after_a_change_nobody_knows_unless_she_says_so(life: Life) -> None:
    taper = life.taper
    assert taper.use_unknown_at == midnight(4)
    life.changes(1)
    assert life.taper.use_unknown_at == midnight(32)


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_any_answer_makes_it_known_and_none_but_yes_lets_the_next_step_come(life: Life, kind: UseKind) -> None:
    life.says(kind, 3)
    taper = life.taper
    today = on_day(10).date()
    assert use_is_known(taper, life.course, today=today)
    assert not has_changed(taper, life.course, today=today)
    assert not Taper.objects.use_unknown(on_day(28)).exists()
    life.sweeps(4, 28)
    assert (life.status, life.hold_that_is_on.first_day) == ("held", day(28))


def test_not_yet_is_asked_again_with_the_next_step(life: Life) -> None:
    life.says(UseKind.NOT_YET, 1)
    assert life.taper.use_unknown_at == midnight(32)


def test_who_left_the_schedule_is_not_asked_about_its_later_steps_but_about_what_is_signed_then(life: Life) -> None:
    life.changes(1, 29)
    life.says(UseKind.BACK_UP, 35)
    assert life.taper.use_unknown_at is None
    life.revise(StepBack(), first=45, on=40)
    assert life.taper.use_unknown_at == midnight(48)


def test_who_asks_for_those_finds_them(life: Life) -> None:
    a_second = timedelta(seconds=1)
    assert not Taper.objects.use_unknown(midnight(4) - a_second).exists()
    assert Taper.objects.use_unknown(midnight(4)).get() == life.taper
    life.changes(3)
    assert not Taper.objects.use_unknown(midnight(32) - a_second).exists()
    assert Taper.objects.use_unknown(midnight(32)).exists()


def test_a_day_is_hers_and_not_the_servers(life: Life) -> None:
    """Half past eleven at night in Berlin on the eve of a step is not yet a word about it."""
    life.changes(1)
    using.report_use(life.taper, kind=UseKind.CHANGED, by=life.angela, at=on_day(28) + timedelta(hours=11, minutes=30))
    assert life.taper.use_unknown_at == midnight(32)
    using.report_use(life.taper, kind=UseKind.CHANGED, by=life.angela, at=on_day(28) + timedelta(hours=12))
    assert life.taper.use_unknown_at == midnight(60)
