"""A mailbox took an alert to a prescriber, and sent it back later: the clinic is asked to telephone after all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from patients.actor import acting_patient
from patients.models import Attempt, Channel, Patient, Reminder, ReportOutcome, Taper, UseKind
from patients.reminders.channels import Envelope
from patients.reminders.channels.status_report import StatusReport
from patients.reminders.reported import take_report
from patients.services.falling_back import fall_back
from patients.services.tapers import using
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import one, owed, staff_morning

Sweep = Callable[[datetime], list[Envelope]]
CHO, PRICE = "dr_cho@example.org", "dr_price@example.org"
NIGHT = datetime(2027, 1, 20, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def came_back(taper: Taper, kind: str, *, at: datetime, outcome: ReportOutcome = ReportOutcome.UNREACHABLE) -> None:
    message = one(taper, kind, "prescriber").message
    Attempt.objects.filter(message=message).update(provider_id="pm-1")
    assert take_report(StatusReport("pm-1", outcome), channel=Channel.EMAIL, at=at)
    assert fall_back(at=at) <= 1


@pytest.mark.parametrize("outcome", [ReportOutcome.UNREACHABLE, ReportOutcome.FAILED])
def test_a_warning_sign_that_comes_back_is_telephoned_though_it_had_gone_in_time(
    taper: Taper, angela: Patient, sweep_at: Sweep, outcome: ReportOutcome
) -> None:
    using.report_red_flags(taper, flags=["bloody-stool"], by=acting_patient(angela), at=NIGHT)
    assert PRICE in {envelope.address for envelope in sweep_at(NIGHT)}
    sweep_at(NIGHT + 15 * MINUTE)
    assert one(taper, "prescriber-not-alerted").status == "cancelled", "it had gone, as far as anybody knew"
    came_back(taper, "red-flag", at=NIGHT + 20 * MINUTE, outcome=outcome)
    (alert,) = sweep_at(NIGHT + 21 * MINUTE)
    assert alert.address == CHO
    assert "A prescriber could not be written to: please telephone." in alert.text
    assert one(taper, "red-flag", "prescriber").status == "missed", "there is no other channel to a prescriber"
    assert sweep_at(NIGHT + 22 * MINUTE) == []


def test_what_was_not_so_urgent_is_telephoned_the_next_day(taper: Taper, angela: Patient, sweep_at: Sweep) -> None:
    using.report_use(taper, kind=UseKind.STOPPED, by=acting_patient(angela), at=on_day(12))
    assert PRICE in {envelope.address for envelope in sweep_at(on_day(12))}
    # Something else plans the day in between: as far as anybody knows the prescriber has heard.
    using.report_red_flags(taper, flags=["bloody-stool"], by=acting_patient(angela), at=on_day(12) + MINUTE)
    left_on = one(taper, "use-left", "prescriber").civil_date
    to_call = [row for row in owed(taper, "prescriber-not-reached") if row.civil_date == left_on + timedelta(days=1)]
    assert to_call == []
    came_back(taper, "use-left", at=on_day(12) + 5 * MINUTE)
    to_call = [row for row in owed(taper, "prescriber-not-reached") if row.civil_date == left_on + timedelta(days=1)]
    assert len(to_call) == 1


def test_what_comes_back_days_later_is_telephoned_the_day_after(taper: Taper, angela: Patient, sweep_at: Sweep) -> None:
    """A mail server that does not answer is tried for days, until whoever took the message gives up."""
    using.report_use(taper, kind=UseKind.STOPPED, by=acting_patient(angela), at=on_day(12))
    sweep_at(on_day(12))
    sweep_at(staff_morning(on_day(13).date()))
    assert {row.status for row in not_reached(taper)} == {"cancelled"}, "it had gone, as far as anybody knew"
    came_back(taper, "use-left", at=on_day(15))
    (to_call,) = [row for row in not_reached(taper) if row.status == "owed"]
    assert to_call.send_at == staff_morning(on_day(16).date())
    (digest,) = [went for went in sweep_at(to_call.send_at) if went.address == CHO]
    assert "1 to telephone" in digest.text
    to_call.refresh_from_db()
    assert to_call.status == "sent"


def not_reached(taper: Taper) -> list[Reminder]:
    left = one(taper, "use-left", "prescriber")
    about = left.key.split(":")[1]
    return list(taper.reminders.filter(kind="prescriber-not-reached", key__contains=about).order_by("civil_date"))
