"""A warning sign goes to practitioner and prescriber at once, in quiet hours too, and alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.actor import acting_patient
from patients.models import ContactConsent, Patient, Plan, RedFlagReport, Taper
from patients.reminders.channels import Envelope, HandOverFailed
from patients.reminders.kinds import EXEMPT_FROM_QUIET_HOURS
from patients.reminders.planning import replan
from patients.services.tapers import using
from patients.services.tapers.consent import withdraw_consent
from patients.services.tapers.drawing_up import Draft
from patients.services.tapers.stopping import revoke
from protocols.domain.terms import AlertRoute
from tests.fixtures.personae import NOON
from tests.fixtures.sending import RecordingSender
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import one, owed, send_and_sign, staff_morning, taper_day

Sweep = Callable[[datetime], list[Envelope]]
CHO, PRICE = "dr_cho@example.org", "dr_price@example.org"
# Two in the morning in Berlin, where everybody is quiet until eight.
NIGHT = datetime(2027, 1, 20, 1, tzinfo=UTC)


@pytest.fixture
def report(angela: Patient) -> Callable[..., RedFlagReport]:
    """Angela reports a warning sign: report(taper, at=...)."""

    def make(taper: Taper, *, at: datetime = NIGHT, flag: str = "bloody-stool") -> RedFlagReport:
        return using.report_red_flags(taper, flags=[flag], by=acting_patient(angela), at=at)

    return make


def test_only_warning_signs_are_exempt_from_quiet_hours() -> None:
    assert {"red-flag", "prescriber-not-alerted", "red-flag-not-taken-on"} == EXEMPT_FROM_QUIET_HOURS


def test_a_warning_sign_goes_to_both_in_the_middle_of_the_night(
    taper: Taper, report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    sweep_at(NIGHT - timedelta(minutes=1))
    report(taper)
    went = sweep_at(NIGHT)
    assert {envelope.address for envelope in went} == {CHO, PRICE}
    subjects = {envelope.address: envelope.subject for envelope in went}
    assert subjects[CHO] == "Please look at once: 1 note that cannot wait"
    assert subjects[PRICE] == "Please read this at once"
    assert sweep_at(NIGHT + timedelta(minutes=1)) == []


def test_what_is_routine_stays_for_the_morning(
    taper: Taper, report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    """The worker was down for days: what it left for the practitioner lies in an envelope until eight."""
    waiting = taper.reminders.filter(kind="use-unknown", civil_date=taper_day(4))
    assert [envelope.address for envelope in sweep_at(NIGHT - timedelta(minutes=5))] == []
    report(taper)
    alert = next(envelope for envelope in sweep_at(NIGHT) if envelope.address == CHO)
    assert "1 note that cannot wait" in alert.subject
    assert sweep_at(NIGHT + timedelta(minutes=5)) == []
    assert waiting.get().status == "owed"
    assert [envelope.address for envelope in sweep_at(staff_morning(NIGHT.date()))] == [CHO]
    assert waiting.get().status == "sent"


def test_two_warning_signs_on_one_day_are_two_alerts(
    taper: Taper, report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    report(taper)
    assert len(sweep_at(NIGHT)) == 2
    report(taper, at=NIGHT + timedelta(hours=1), flag="vomiting-blood")
    assert len(sweep_at(NIGHT + timedelta(hours=1))) == 2


def test_a_sign_that_was_reviewed_meanwhile_alerts_nobody_more(
    taper: Taper, report: Callable[..., RedFlagReport], by: Actor, sender: RecordingSender, sweep_at: Sweep
) -> None:
    report_made = report(taper)
    sender.failure = HandOverFailed("Down.", permanent=False)
    sweep_at(NIGHT)
    using.clear_red_flag(report_made, because="Seen; iron tablets.", by=by, at=NIGHT + timedelta(minutes=30))
    sender.failure = None
    assert sweep_at(NIGHT + timedelta(hours=1)) == []
    assert {reminder.status for reminder in taper.reminders.filter(kind="red-flag")} == {"cancelled"}


def test_an_open_sign_may_go_for_a_week(taper: Taper, report: Callable[..., RedFlagReport]) -> None:
    report(taper)
    assert one(taper, "red-flag", "staff").too_late_at == datetime(2027, 1, 27, 23, tzinfo=UTC)


@pytest.mark.parametrize("route", [AlertRoute.TELEPHONE, AlertRoute.FAX])
def test_by_another_route_it_is_the_clinic_that_tells_the_prescriber(
    plan: Plan,
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    consent: ContactConsent,
    by: Actor,
    sign_taper: Callable[..., Taper],
    report: Callable[..., RedFlagReport],
    route: AlertRoute,
) -> None:
    taper = send_and_sign(plan, replace(angelas_draft, alert_route=route), by=by, sign=sign_taper)
    report(taper)
    assert {reminder.recipient_kind for reminder in owed(taper, "red-flag")} == {"staff"}
    assert owed(taper, "prescriber-not-reached") == owed(taper, "prescriber-not-alerted") == []


def test_a_prescriber_who_cannot_be_alerted_is_telephoned(
    taper: Taper, report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    Prescriber.objects.update(email="", email_since=None)
    report(taper)
    (alert,) = sweep_at(NIGHT)
    assert (alert.address, alert.subject) == (CHO, "Please look at once: 2 notes that cannot wait")
    for body in (alert.text, alert.html):
        assert "A prescriber could not be written to: please telephone." in body
    assert one(taper, "prescriber-not-alerted").status == "sent"
    assert owed(taper, "prescriber-not-reached") == []
    assert sweep_at(NIGHT + timedelta(hours=1)) == []


def test_a_prescriber_who_heard_in_time_is_not_telephoned(
    taper: Taper, report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    report(taper)
    assert all("telephone" not in envelope.text for envelope in sweep_at(NIGHT) if envelope.address == CHO)
    assert sweep_at(NIGHT + timedelta(minutes=15)) == []
    assert one(taper, "prescriber-not-alerted").status == "cancelled"


def test_whom_no_message_gets_through_to_is_telephoned_the_same_night(
    taper: Taper, report: Callable[..., RedFlagReport], sender: RecordingSender, sweep_at: Sweep
) -> None:
    """The mailbox refuses for good: a quarter of an hour later the clinic knows."""
    report(taper)
    sender.failure = HandOverFailed("No such mailbox.", permanent=True)
    sweep_at(NIGHT)
    sender.failure = None
    assert sweep_at(NIGHT + timedelta(minutes=14)) == []
    (telephone,) = sweep_at(NIGHT + timedelta(minutes=15))
    assert telephone.address == CHO
    assert "A prescriber could not be written to: please telephone." in telephone.text


def test_who_may_not_be_written_to_any_more_is_telephoned_at_once(
    taper: Taper, consent: ContactConsent, by: Actor, report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    """The agreement is withdrawn while the alert waits: what was to go later goes now."""
    report(taper)
    withdraw_consent(consent, by=by, at=NIGHT + timedelta(minutes=5))
    (alert,) = sweep_at(NIGHT + timedelta(minutes=5))
    assert alert.address == CHO
    assert "A prescriber could not be written to: please telephone." in alert.text


def test_what_goes_at_once_still_goes_to_a_prescriber_who_can_be_reached_only_later(
    taper: Taper, plan: Plan, report: Callable[..., RedFlagReport], sweep_at: Sweep
) -> None:
    prescribers = Prescriber.objects.all()
    address = {"email": prescribers.get().email, "email_since": prescribers.get().email_since}
    prescribers.update(email="", email_since=None)
    report(taper)
    later = NIGHT + timedelta(days=2)
    prescribers.update(**address)
    with transaction.atomic():
        replan(Plan.objects.get(pk=plan.pk), at=later)
    assert PRICE in {envelope.address for envelope in sweep_at(later)}


def test_the_alert_stays_when_the_taper_ends_with_it(
    taper: Taper, report: Callable[..., RedFlagReport], price: Actor, sweep_at: Sweep
) -> None:
    report(taper)
    revoke(Taper.objects.get(pk=taper.pk), instruction="Go back to one a day.", by=price, at=NIGHT)
    assert CHO in {envelope.address for envelope in sweep_at(NIGHT)}
    assert one(taper, "red-flag", "staff").status == "sent"


def test_an_alert_by_day_goes_at_its_instant(taper: Taper, report: Callable[..., RedFlagReport]) -> None:
    report(taper, at=on_day(5))
    assert {reminder.send_at for reminder in owed(taper, "red-flag")} == {on_day(5)}
    assert on_day(5) > NOON
    assert one(taper, "red-flag", "staff").civil_date == taper_day(5)
