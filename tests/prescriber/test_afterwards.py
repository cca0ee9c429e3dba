"""For as long as the taper lives its prescriber may read, hold, let it go on, and take the agreement back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from clinics.actor import Actor
from patients.actor import acting_patient
from patients.models import Door, Patient, Scan, SigningRequest, SourceKind, Taper, TaperEnd, UseKind
from patients.models.taper_course import course_of
from patients.services import plan_moves
from patients.services.record import add_medicine
from patients.services.record_writing import Source
from patients.services.tapers import holding, revising, stopping, using
from patients.services.tapers.requesting import propose, send
from patients.services.tapers.signing import Agreement, sign
from protocols.domain.medicines import MedicineClass
from protocols.domain.red_flags import RED_FLAGS
from tests.fixtures.lives import Life, forge
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.prescriber.visiting import CLOSED, NEUTRAL, Browser, said


@pytest.fixture
def on_day_ten(signed: Browser, travel: time_machine.Traveller) -> Browser:
    """dr_price is back on the tenth day, with a fresh code."""
    travel.move_to(on_day(10), tick=False)
    signed.follow()
    signed.open()
    return signed


def test_reading_says_how_it_stands(on_day_ten: Browser) -> None:
    page = on_day_ten.text()
    assert (
        "Signed. Today it is in step 1: one capsule of 20 mg before breakfast, every day, until 7 February 2027."
        in page
    )
    assert "Signed by Dr Price" in page
    assert "by control of this mailbox: d…e@example.org" in page
    assert "I agree" not in page


def test_what_the_prescriber_holds_only_the_prescriber_lets_go_on(
    on_day_ten: Browser, by: Actor, travel: time_machine.Traveller
) -> None:
    page = said(on_day_ten.post("hold/", reason="On holiday."))
    assert "It is held since 20 January 2027, at the dose of that day. The prescriber holds it: On holiday." in page
    taper = Taper.objects.get()
    assert (taper.status, course_of(taper).ends_on) == ("held", None)
    travel.move_to(on_day(15), tick=False)
    with pytest.raises(holding.WaitsForPrescriber):
        holding.resume(taper, by=by, at=on_day(15), revision=taper.revision)
    on_day_ten.follow()
    on_day_ten.open()
    assert "It goes on from today" in said(on_day_ten.post("resume/"))
    taper = Taper.objects.get()
    assert (taper.status, course_of(taper).ends_on) == ("active", FIRST_DAY + timedelta(days=111 + 5))


def test_a_hold_of_the_clinic_is_not_lifted_here_but_may_be_made_ones_own(on_day_ten: Browser, by: Actor) -> None:
    taper = Taper.objects.get()
    holding.hold(taper, reason="Travelling", by=by, at=on_day(10), revision=taper.revision)
    page = on_day_ten.text()
    assert "The practitioner holds it: Travelling" in page
    assert "Let it go on" not in page
    assert "Take your agreement back" in page
    assert "The prescriber holds it: Until I am back." in said(on_day_ten.post("hold/", reason="Until I am back."))
    with pytest.raises(holding.WaitsForPrescriber):
        holding.resume(taper, by=by, at=on_day(11), revision=None)


def test_a_hold_wants_a_reason(on_day_ten: Browser) -> None:
    assert "Say why it is held." in said(on_day_ten.post("hold/", reason=" "))
    assert Taper.objects.get().status == "active"


def test_a_second_hold_is_refused_in_words(on_day_ten: Browser) -> None:
    on_day_ten.post("hold/", reason="Once.")
    assert "A taper that is held cannot be held." in said(on_day_ten.post("hold/", reason="Twice."))


def test_letting_go_on_what_is_not_held_is_refused_in_words(on_day_ten: Browser) -> None:
    assert "cannot be resumed." in said(on_day_ten.post("resume/"))


def test_after_more_than_28_days_it_takes_a_new_signature(on_day_ten: Browser, travel: time_machine.Traveller) -> None:
    on_day_ten.post("hold/", reason="On holiday.")
    travel.move_to(on_day(10 + 29), tick=False)
    on_day_ten.follow()
    on_day_ten.open()
    page = said(on_day_ten.post("resume/"))
    assert "It has been held for more than 28 days, which is what you signed." in page
    assert Taper.objects.get().status == "held"


def test_nothing_has_come_up(on_day_ten: Browser) -> None:
    assert "What has come up" not in on_day_ten.get().content.decode()


def test_a_warning_sign_stands_on_the_page_until_it_is_cleared(on_day_ten: Browser, angela: Patient, by: Actor) -> None:
    report = using.report_red_flags(
        Taper.objects.get(), flags=["bloody-stool"], by=acting_patient(angela), at=on_day(10)
    )
    page = on_day_ten.text()
    assert f"A warning sign is open. Reported on 20 January 2027: {RED_FLAGS['bloody-stool'].name}." in page
    # The signature permits that it is held by itself then.
    assert "A warning sign was reported" in page
    using.clear_red_flag(report, because="Iron tablets.", by=by, at=on_day(10))
    assert "A warning sign is open" not in on_day_ten.text()


def test_use_that_left_the_schedule_stands_on_the_page(on_day_ten: Browser, angela: Patient) -> None:
    using.report_use(
        Taper.objects.get(), kind=UseKind.STOPPED, note="It went well.", by=acting_patient(angela), at=on_day(10)
    )
    assert (
        "The patient said on 20 January 2027: “I stopped”, since 20 January 2027. In the patient’s words: It went well."
        in on_day_ten.text()
    )


def test_a_new_medicine_that_makes_bleeding_likelier_stands_on_the_page(
    on_day_ten: Browser, angela: Patient, by: Actor
) -> None:
    source = Source(kind=SourceKind.PATIENT, as_of=on_day(9).date())
    for name, kind in (("Ibuprofen", MedicineClass.NSAID), ("Cetirizine", MedicineClass.OTHER)):
        add_medicine(
            angela,
            name=name,
            medicine_class=kind,
            since=on_day(8).date(),
            source=source,
            by=by,
            at=on_day(10),
        )
    page = on_day_ten.text()
    assert "New in the record since this was drawn up: Ibuprofen" in page
    assert "It makes bleeding more likely." in page
    assert "New in the record since this was drawn up: Cetirizine" not in page


def test_taking_it_back_wants_an_instruction_and_a_second_look(on_day_ten: Browser) -> None:
    page = said(on_day_ten.post("revoke/", instruction=""))
    assert "Write what your patient is to do instead, as the patient will read it." in page
    shown = on_day_ten.post("revoke/", instruction="Go back to <20 mg>.")
    assert "Go back to <20 mg>." in said(shown)
    assert Taper.objects.get().status == "active"
    again = on_day_ten.press(shown, "change")
    assert "Go back to &lt;20 mg&gt;." in again.content.decode()
    done = said(on_day_ten.press(shown, "revoke"))
    assert "you answered: I take my agreement back" in done
    assert Taper.objects.get().instruction == "Go back to <20 mg>."
    assert "This taper has ended, so nothing was recorded." in said(on_day_ten.press(shown, "revoke"))
    for page in ("hold/", "resume/"):
        assert "This taper has ended" in said(on_day_ten.post(page, reason="Late."))


def test_nothing_of_it_is_there_before_the_signature(opened: Browser) -> None:
    for page, words in (("hold/", "reason"), ("resume/", "reason"), ("revoke/", "instruction")):
        assert "so nothing was recorded" in said(opened.post(page, **{words: "Early.", "then": "revoke"}))
    assert Taper.objects.get().status == "awaiting-signature"


def test_the_link_opens_what_was_signed_on_paper_while_it_was_open(
    visitor: Browser, sent_taper: Taper, by: Actor
) -> None:
    version = sent_taper.versions.get()
    scan = Scan.objects.create(
        version=version,
        media_type="application/pdf",
        content=b"%PDF",
        sha256="0" * 64,
        added_at=NOON,
        by_kind="staff",
        by_code=by.code,
    )
    sign(
        sent_taper,
        door=Door.FAX_OR_LETTER,
        version_sha256=version.sha256,
        agreement=Agreement(),
        means="Signed fax",
        scan=scan,
        by=by,
        at=NOON,
    )
    visitor.follow()
    assert "Signed fax" in said(visitor.open())


def test_a_link_that_was_sent_again_stays_dead_after_the_signature(
    visitor: Browser, sent_taper: Taper, by: Actor, travel: time_machine.Traveller
) -> None:
    newer = Browser(send(sent_taper, door=Door.LINK, by=by, at=NOON, revision=sent_taper.revision))
    travel.move_to(NOON + timedelta(minutes=1), tick=False)
    newer.follow()
    newer.open()
    newer.sign(newer.agree())
    assert "Hold it" in newer.text()
    assert CLOSED in said(visitor.follow())


def test_a_later_version_is_read_through_the_earlier_link_too(
    signed: Browser,
    angela: Patient,
    by: Actor,
    sign_taper: Callable[..., Taper],
    travel: time_machine.Traveller,
) -> None:
    using.report_use(Taper.objects.get(), kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(1))
    taper = Taper.objects.get()
    version = revising.draw_up_revision(
        taper,
        revising.Extension(7),
        first_day=on_day(20).date(),
        reason="Symptoms came back.",
        by=by,
        at=on_day(10),
        on_screen=taper.revision,
    )
    taper = Taper.objects.get()
    propose(taper, shown=version.sha256, by=by, at=on_day(10), revision=taper.revision)
    taper = Taper.objects.get()
    send(taper, door=Door.LINK, by=by, at=on_day(10), revision=taper.revision)
    travel.move_to(on_day(10), tick=False)
    assert NEUTRAL in said(signed.follow())
    assert "Another version waits for your answer. It has a link of its own" in said(signed.open())
    newer = Browser(SigningRequest.objects.get(version=version))
    newer.follow()
    assert "It would take the place of version 1" in said(newer.open())
    newer.sign(newer.agree())
    assert "Version 2" in signed.text()
    assert f"code {version.code}" in signed.text()


def test_once_its_plan_was_entered_in_error_nothing_of_it_is_shown(
    on_day_ten: Browser, by: Actor, travel: time_machine.Traveller
) -> None:
    taper = Taper.objects.get()
    stopping.stop(
        taper,
        end=TaperEnd.CLINIC_ENDED_CARE,
        instruction="Call us.",
        by=by,
        at=on_day(10),
        revision=taper.revision,
    )
    assert "you answered: I agree" in on_day_ten.text()
    plan = Taper.objects.get().plan
    plan_moves.enter_in_error(plan, reason="Another patient’s.", by=by, at=on_day(10), revision=plan.revision)
    page = on_day_ten.text()
    assert "The clinic has taken this version back" in page
    assert "you answered" not in page


def stopped(by: Actor, *, on: int) -> None:
    taper = Taper.objects.get()
    stopping.stop(taper, end=TaperEnd.SYMPTOMS, instruction="Call us.", by=by, at=on_day(on), revision=taper.revision)


def test_a_warning_sign_after_the_end_is_read_through_the_link(
    signed: Browser, angela: Patient, by: Actor, travel: time_machine.Traveller
) -> None:
    stopped(by, on=10)
    travel.move_to(on_day(20), tick=False)
    assert CLOSED in said(signed.follow())
    report = using.report_red_flags(
        Taper.objects.get(), flags=["bloody-stool"], by=acting_patient(angela), at=on_day(20)
    )
    assert NEUTRAL in said(signed.follow())
    page = said(signed.open())
    assert f"A warning sign is open. Reported on 30 January 2027: {RED_FLAGS['bloody-stool'].name}." in page
    assert "ended on 20 January 2027: Symptoms came back" in page
    assert "Hold it" not in page
    assert "A warning sign is open" in said(signed.client.get(signed.at + "letter/", follow=True))
    assert "This taper has ended, so nothing was recorded." in said(signed.post("hold/", reason="Late."))
    using.clear_red_flag(report, because="Iron tablets.", by=by, at=on_day(20))
    assert "A warning sign is open" not in signed.text()


def test_a_warning_sign_is_read_although_what_was_signed_was_altered(
    on_day_ten: Browser, by: Actor, price: Actor, angela: Patient
) -> None:
    life = Life(Taper.objects.get().code, cho=by, price=price, angela=acting_patient(angela))
    forge(life)
    life.reports(10)
    page = on_day_ten.text()
    assert "This cannot be shown" in page
    assert "A warning sign is open. Reported on 20 January 2027" in page
