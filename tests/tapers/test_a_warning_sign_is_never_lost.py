"""A warning sign is recorded and told whatever has become of the taper: ended, with its plan, or altered."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from patients.models import RedFlagReport, Reminder, Signature, Taper
from patients.reminders.channels import Envelope
from patients.services import plan_moves
from patients.services.errors import Refused
from patients.services.tapers import using
from protocols.domain.phases import EndReason
from tests.fixtures.lives import Life, forge
from tests.fixtures.tapers import on_day

CHO, PRICE = "dr_cho@example.org", "dr_price@example.org"


def told(life: Life) -> set[str]:
    """Who is owed the alert."""
    return set(Reminder.objects.owed().filter(kind="red-flag").values_list("recipient_kind", flat=True))


def end_plan(life: Life, on: int) -> None:
    plan = life.taper.plan
    plan_moves.revoke(plan, end_reason=EndReason.PATIENTS_CHOICE, by=life.cho, at=on_day(on), revision=plan.revision)


def test_of_a_taper_that_was_stopped(life: Life) -> None:
    life.stop(10)
    life.reports(20)
    assert (life.status, RedFlagReport.objects.get().on) == ("stopped", on_day(20).date())
    assert told(life) == {"staff", "prescriber"}


def test_of_a_taper_that_is_complete(life: Life) -> None:
    life.changes(1, 29, 57, 85)
    life.sweeps(112, 113)
    life.sweep(112 + 85)
    assert life.status == "completed"
    life.reports(250)
    assert told(life) == {"staff", "prescriber"}


def test_when_the_plan_is_over_too(life: Life, sweep_at: Callable[..., list[Envelope]]) -> None:
    life.stop(10)
    end_plan(life, 11)
    life.reports(20)
    assert told(life) == {"staff", "prescriber"}
    assert {envelope.address for envelope in sweep_at(on_day(20))} == {CHO, PRICE}


def test_an_alert_that_waits_is_not_dropped_when_the_plan_ends(
    life: Life, sweep_at: Callable[..., list[Envelope]]
) -> None:
    life.reports(10)
    life.stop(10)
    end_plan(life, 10)
    assert {envelope.address for envelope in sweep_at(on_day(10))} == {CHO, PRICE}


def test_a_prescriber_who_was_not_told_after_the_end_is_telephoned(life: Life) -> None:
    life.stop(10)
    end_plan(life, 11)
    life.reports(20)
    assert Reminder.objects.owed().filter(kind="prescriber-not-alerted", recipient_kind="staff").count() == 1


def test_although_the_signed_bytes_were_altered(life: Life, sweep_at: Callable[..., list[Envelope]]) -> None:
    """The version is not what was signed; the signature still says by which route its prescriber hears of it."""
    forge(life)
    life.reports(10)
    assert life.status == "active", "nobody can say any more that a hold was signed"
    assert told(life) == {"staff", "prescriber"}
    assert {CHO, PRICE} <= {envelope.address for envelope in sweep_at(on_day(10))}


def test_where_the_signature_itself_was_altered_the_clinic_is_told(life: Life) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with checks still to come cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE patients_signature DISABLE TRIGGER USER")
        cursor.execute("UPDATE patients_signature SET sha256 = %s", ["0" * 64])
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE patients_signature ENABLE TRIGGER USER")
    assert Signature.objects.get().alert_route is None
    life.reports(10)
    assert told(life) == {"staff"}


def test_what_was_found_is_written_down_although_the_bytes_were_altered(life: Life) -> None:
    forge(life)
    report = life.reports(10)
    using.clear_red_flag(report, because="Seen; iron tablets.", by=life.cho, at=on_day(11))
    assert RedFlagReport.objects.get().cleared_at == on_day(11)
    assert told(life) == set()


def test_an_altered_taper_keeps_the_day_on_which_it_is_looked_at(life: Life) -> None:
    before = life.taper.looks_at
    forge(life)
    life.reports(-2)
    assert (life.taper.looks_at, before is not None) == (before, True)


def test_reported_twice_on_one_day_after_the_end_it_is_one_report(life: Life) -> None:
    life.stop(10)
    assert life.reports(20) == life.reports(20)


def test_of_what_she_was_never_shown_nothing_is_reported(unsigned: Life) -> None:
    with pytest.raises(Refused, match="never shown this taper"):
        unsigned.reports(-6)


def test_of_what_was_entered_in_error_nothing_is_reported(life: Life) -> None:
    life.stop(10)
    plan = Taper.objects.get().plan
    plan_moves.enter_in_error(
        plan, reason="Another’s.", by=life.cho, at=on_day(10) + timedelta(hours=1), revision=plan.revision
    )
    with pytest.raises(Refused, match="never shown this taper"):
        life.reports(11)
