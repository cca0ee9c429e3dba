"""A held taper goes on only once nothing stands against it: a warning sign, a missing paper, what nobody knows."""

from datetime import timedelta

import pytest

from patients.models import Door, Scan, TaperVersion, UseKind
from patients.services.errors import InvalidRequest, Refused
from patients.services.tapers import using
from patients.services.tapers.errors import HoldTooLong, RedFlagOpen
from patients.services.tapers.revising import Extension
from patients.services.tapers.signing import Agreement, confirm_in_writing, sign
from protocols.domain.canonical import sha256_of
from tests.fixtures.lives import Life, day
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day


def paper(version: TaperVersion) -> Scan:
    return Scan.objects.create(
        version=version,
        media_type="application/pdf",
        content=b"%PDF-",
        sha256=sha256_of(b"%PDF-"),
        added_at=NOON,
        by_kind="staff",
        by_code="x",
    )


@pytest.fixture
def telephoned(unsigned: Life) -> Life:
    """Agreed by telephone on TODAY; the paper is due by the eve of the first day, and has not come."""
    sign(
        unsigned.taper,
        door=Door.TELEPHONE,
        version_sha256=unsigned.taper.versions.get().sha256,
        agreement=Agreement(),
        means="Read back.",
        by=unsigned.cho,
        at=NOON,
    )
    return unsigned


def confirm(life: Life, number: int) -> None:
    taper = life.taper
    confirm_in_writing(
        taper,
        scan=paper(taper.versions.get()),
        received_on=day(number),
        by=life.cho,
        at=on_day(number),
        revision=taper.revision,
    )


# --- A warning sign -----------------------------------------------------------------------------------------


def test_while_a_warning_sign_is_open_nobody_lets_it_go_on(life: Life) -> None:
    report = life.reports(10)
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "red-flag")
    for by in (life.cho, life.price):
        with pytest.raises(RedFlagOpen):
            life.resume(12, by=by)
    using.clear_red_flag(report, because="Seen and bled no more.", by=life.cho, at=on_day(13))
    assert life.status == "held"
    life.resume(13)
    assert (life.status, life.ends_on) == ("active", 115)


def test_her_answer_does_not_let_it_go_on_while_a_warning_sign_is_open(life: Life) -> None:
    life.sweep(28)
    assert life.hold_that_is_on.reason_kind == "use-unknown"
    report = life.reports(29)
    life.changes(30)
    assert life.status == "held"
    using.clear_red_flag(report, because="Haemorrhoids.", by=life.cho, at=on_day(31))
    life.resume(31)
    assert life.status == "active"


def test_a_paper_that_comes_does_not_let_it_go_on_while_a_warning_sign_is_open(telephoned: Life) -> None:
    telephoned.sweep(0)
    telephoned.reports(0)
    confirm(telephoned, 3)
    assert telephoned.status == "held"
    with pytest.raises(RedFlagOpen):
        telephoned.resume(4)


# --- More than 28 days --------------------------------------------------------------------------------------


def test_her_answer_after_29_days_is_recorded_and_lets_nothing_go_on(life: Life) -> None:
    life.sweep(28)
    life.changes(57)
    assert life.status == "held"
    with pytest.raises(HoldTooLong):
        life.resume(57)


def test_her_answer_on_the_28th_day_lets_it_go_on(life: Life) -> None:
    life.sweep(28)
    life.changes(56)
    assert (life.status, life.ends_on) == ("active", 112 + 28)


# --- The paper after a telephone call -----------------------------------------------------------------------


def test_a_first_step_on_the_due_day_begins_without_the_paper(telephoned: Life) -> None:
    assert telephoned.taper.versions.get().signature.written_due_on == day(1)
    telephoned.sweep(0)
    assert telephoned.status == "active"


def test_a_first_step_after_the_due_day_waits_for_the_paper(telephoned: Life) -> None:
    """Held over the weekend, it would begin on day 3; the paper was due on day 1."""
    telephoned.hold(-1)
    with pytest.raises(Refused, match="written confirmation is still missing"):
        telephoned.resume(3)
    assert telephoned.course.steps == ()
    confirm(telephoned, 4)
    telephoned.resume(4)
    assert telephoned.course.first_day == day(4)


def test_the_due_day_counts_from_the_call_and_not_from_when_it_was_written_down(unsigned: Life) -> None:
    taper = unsigned.taper
    signature = sign(
        taper,
        door=Door.TELEPHONE,
        version_sha256=taper.versions.get().sha256,
        agreement=Agreement(),
        means="Read back.",
        answered_on=TODAY,
        by=unsigned.cho,
        at=on_day(0),
    )
    assert (signature.signed_on, signature.written_due_on) == (day(0), TODAY + timedelta(days=7))


def test_no_new_step_begins_after_the_due_day_without_the_paper(telephoned: Life) -> None:
    telephoned.changes(1)
    telephoned.sweeps(1, 27)
    assert telephoned.status == "active"
    telephoned.sweep(28)
    assert (telephoned.status, telephoned.hold_that_is_on.reason_kind) == ("held", "confirmation-missing")
    assert telephoned.mg(40) == 20
    with pytest.raises(Refused, match="written confirmation is still missing"):
        telephoned.resume(30)
    confirm(telephoned, 33)
    assert telephoned.status == "active"
    assert telephoned.all_mg([33, 34]) == [20, 10]


def test_the_paper_is_asked_for_also_where_somebody_else_held_it(telephoned: Life) -> None:
    """Held by the practitioner on the last day of a step, and let go on while the paper is still missing."""
    telephoned.changes(1)
    telephoned.hold(28)
    with pytest.raises(Refused, match="written confirmation is still missing"):
        telephoned.resume(30)
    assert telephoned.status == "held"


def test_within_a_step_the_missing_paper_keeps_nothing(telephoned: Life) -> None:
    telephoned.hold(10)
    telephoned.resume(12)
    assert telephoned.status == "active"


def test_her_answer_leaves_it_waiting_for_the_paper(telephoned: Life) -> None:
    """Two things keep it: she answers first, the paper comes second."""
    telephoned.sweep(28)
    assert telephoned.hold_that_is_on.reason_kind == "confirmation-missing"
    telephoned.changes(29)
    assert telephoned.status == "held"
    confirm(telephoned, 30)
    assert telephoned.status == "active"


def test_the_paper_leaves_it_waiting_for_her_answer(telephoned: Life) -> None:
    telephoned.sweep(28)
    confirm(telephoned, 30)
    assert (telephoned.status, telephoned.hold_that_is_on.reason_kind) == ("held", "use-unknown")
    assert telephoned.mg(31) == 20
    telephoned.changes(31)
    assert telephoned.all_mg([31, 32]) == [20, 10]


def test_a_paper_that_came_after_29_days_needs_a_signature_all_the_same(telephoned: Life) -> None:
    telephoned.changes(1)
    telephoned.sweep(28)
    confirm(telephoned, 57)
    assert telephoned.status == "held"
    with pytest.raises(HoldTooLong):
        telephoned.resume(57)


@pytest.mark.parametrize("received", [-8, 11])
def test_a_paper_comes_between_the_call_and_today(telephoned: Life, received: int) -> None:
    taper = telephoned.taper
    with pytest.raises(InvalidRequest) as refused:
        confirm_in_writing(
            taper,
            scan=paper(taper.versions.get()),
            received_on=day(received),
            by=telephoned.cho,
            at=on_day(10),
            revision=taper.revision,
        )
    assert refused.value.field == "received_on"


def test_a_later_version_agreed_by_telephone_waits_for_its_own_paper(life: Life) -> None:
    """The eve of its first day is looked at, also where that is no step’s last day."""
    life.changes(1, 29)
    life.draw_up(Extension(10), first=50, on=40)
    version = life.propose(40)
    sign(
        life.taper,
        door=Door.TELEPHONE,
        version_sha256=version.sha256,
        agreement=Agreement(),
        means="Read back.",
        by=life.cho,
        at=on_day(40),
    )
    # An extension goes on with the dose: nothing new begins on day 50, so nothing waits for the paper.
    life.sweep(49)
    assert life.status == "active"
    life.sweep(66)
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "confirmation-missing")
    assert life.hold_that_is_on.version.number == 2


def test_a_sweep_that_comes_late_holds_a_step_that_began_without_the_paper(telephoned: Life) -> None:
    telephoned.changes(1, 29)
    telephoned.sweep(31)
    assert (telephoned.status, telephoned.hold_that_is_on.reason_kind) == ("held", "confirmation-missing")
    assert telephoned.all_mg([28, 29, 31, 40]) == [20, 10, 10, 10]


# --- What nobody knows --------------------------------------------------------------------------------------


def test_the_practitioner_may_let_it_go_on_although_nobody_knows(life: Life) -> None:
    """A decision by name: the sweep of that day does not undo it."""
    life.sweep(28)
    life.resume(30)
    assert life.status == "active"
    life.sweep(30)
    assert life.status == "active"
    assert life.all_mg([30, 31]) == [20, 10]


def test_what_she_says_after_that_counts_again(life: Life) -> None:
    life.sweep(28)
    life.resume(30)
    life.says(UseKind.STOPPED, 30, hours=1)
    life.sweep(30, hours=2)
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "use-unknown")


def test_let_go_on_from_another_hold_on_the_last_day_it_still_waits_for_her(life: Life) -> None:
    life.hold(28)
    life.resume(30)
    life.sweep(30)
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "use-unknown")
