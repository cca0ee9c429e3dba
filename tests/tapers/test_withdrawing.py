"""A request that is taken back, and an agreement to be written about that is: nothing comes of what was sent."""

from datetime import timedelta

import pytest

from clinics.actor import NotAllowed, staff_in
from clinics.models import Clinic, User
from patients.models import ContactConsent, Door, Scan, SigningRequest
from patients.services.errors import Refused, TaperChanged
from patients.services.tapers import requesting
from patients.services.tapers.consent import give_consent, withdraw_consent
from patients.services.tapers.drawing_up import Draft, change_draft
from patients.services.tapers.errors import NoConsent, NotThePrescriber, OtherVersion
from patients.services.tapers.signing import Agreement, sign
from protocols.domain.canonical import sha256_of
from protocols.domain.terms import terms_from
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day


def withdraw(life: Life, on: int = -5, **changes: object) -> None:
    taper = life.taper
    arguments = {"by": life.cho, "at": on_day(on), "revision": taper.revision} | changes
    requesting.withdraw(taper, **arguments)  # type: ignore[arg-type]


def fax(life: Life, on: int = -5) -> None:
    """A signed paper is filed."""
    version = life.taper.versions.get(status="proposed")
    scan = Scan.objects.create(
        version=version,
        media_type="application/pdf",
        content=b"%PDF-",
        sha256=sha256_of(b"%PDF-"),
        added_at=NOON,
        by_kind="staff",
        by_code="x",
    )
    sign(
        life.taper,
        door=Door.FAX_OR_LETTER,
        version_sha256=version.sha256,
        agreement=Agreement(),
        means="A signed paper with the code of this version.",
        scan=scan,
        by=life.cho,
        at=on_day(on),
    )


# --- The request --------------------------------------------------------------------------------------------


def test_taken_back_it_is_a_draft_again_under_the_next_number(unsigned: Life) -> None:
    sent = unsigned.taper.versions.get()
    withdraw(unsigned)
    assert unsigned.status == "draft"
    old, new = unsigned.taper.versions.order_by("number")
    assert (old.status, new.status, new.number) == ("withdrawn", "draft", 2)
    assert (old.pk, bytes(old.content)) == (sent.pk, bytes(sent.content))
    assert old.ended_at == on_day(-5)
    before, after = terms_from(bytes(old.content)), terms_from(bytes(new.content))
    assert (before.version, after.version, before.steps) == (1, 2, after.steps)
    assert (new.drawn_up_by_code, new.reason, new.entered) == (old.drawn_up_by_code, old.reason, old.entered)


def test_its_links_are_dead(unsigned: Life) -> None:
    withdraw(unsigned, reason="Another dose.")
    request = SigningRequest.objects.get()
    assert (request.closed_at, request.closed_because) == (on_day(-5), "Another dose.")
    assert unsigned.taper.looks_at is None


def test_what_was_taken_back_is_not_signed(unsigned: Life) -> None:
    sha256 = unsigned.taper.versions.get().sha256
    withdraw(unsigned)
    with pytest.raises(OtherVersion):
        sign(
            unsigned.taper,
            door=Door.LINK,
            version_sha256=sha256,
            agreement=Agreement(),
            means="By control of this mailbox.",
            by=unsigned.price,
            at=on_day(-4),
        )


def test_changed_and_sent_again_the_new_version_is_signed(unsigned: Life, angelas_draft: Draft) -> None:
    withdraw(unsigned)
    taper = unsigned.taper
    change_draft(taper, angelas_draft, by=unsigned.cho, at=on_day(-5), revision=taper.revision)
    unsigned.propose(-5)
    unsigned.send(-5)
    unsigned.sign(-4)
    assert (unsigned.status, unsigned.taper.versions.get(status="in-force").number) == ("active", 2)


def test_what_does_not_wait_is_not_taken_back(life: Life) -> None:
    with pytest.raises(Refused, match="Nothing waits"):
        withdraw(life)


def test_a_page_that_is_out_of_date_takes_nothing_back(unsigned: Life) -> None:
    with pytest.raises(TaperChanged):
        withdraw(unsigned, revision=0)


def test_the_clinic_takes_it_back_and_nobody_else(unsigned: Life, clinic: Clinic, assistant_1: User) -> None:
    for by in (unsigned.angela, unsigned.price, staff_in(clinic, assistant_1)):
        with pytest.raises(NotAllowed):
            withdraw(unsigned, by=by)
    assert unsigned.status == "awaiting-signature"


def test_the_history_says_so(unsigned: Life) -> None:
    withdraw(unsigned, reason="Another dose.")
    line = unsigned.taper.transitions.latest("pk")
    assert (line.move, line.from_status, line.to_status) == ("withdraw", "awaiting-signature", "draft")
    assert line.reason == "Another dose."


# --- Her agreement to be written about ----------------------------------------------------------------------


def no_more(life: Life, on: int = -5) -> None:
    withdraw_consent(ContactConsent.objects.standing().get(), by=life.cho, at=on_day(on))


def test_without_her_agreement_what_was_sent_is_dead(unsigned: Life) -> None:
    no_more(unsigned)
    request = SigningRequest.objects.get()
    assert (request.closed_at, request.closed_because) == (on_day(-5), "She withdrew her consent.")
    assert unsigned.status == "awaiting-signature"
    line = unsigned.taper.transitions.latest("pk")
    assert line.reason == "She withdrew her consent to contact the prescriber."


def test_then_nothing_more_is_sent(unsigned: Life) -> None:
    no_more(unsigned)
    for door in (Door.LINK, Door.FAX_OR_LETTER):
        with pytest.raises(NoConsent):
            unsigned.send(-4, door=door)


def test_a_paper_that_comes_back_all_the_same_is_not_filed(unsigned: Life) -> None:
    no_more(unsigned)
    with pytest.raises(NoConsent):
        fax(unsigned)
    assert unsigned.status == "awaiting-signature"


def test_nor_a_telephone_call(unsigned: Life) -> None:
    no_more(unsigned)
    with pytest.raises(NoConsent):
        sign(
            unsigned.taper,
            door=Door.TELEPHONE,
            version_sha256=unsigned.taper.versions.get().sha256,
            agreement=Agreement(),
            means="Read back.",
            by=unsigned.cho,
            at=on_day(-4),
        )


def test_once_she_agrees_again_it_is_filed(unsigned: Life) -> None:
    no_more(unsigned)
    taper = unsigned.taper
    give_consent(
        taper.plan.patient, taper.prescriber, given_on=TODAY, how="By telephone", by=unsigned.cho, at=on_day(-4)
    )
    fax(unsigned, on=-3)
    assert unsigned.status == "active"


def test_what_she_carries_herself_needs_none(unsigned: Life) -> None:
    no_more(unsigned)
    unsigned.send(-4, door=Door.CARRIED)
    assert SigningRequest.objects.filter(closed_at__isnull=True).get().door == "carried"


def test_it_is_closed_after_21_days_all_the_same(unsigned: Life) -> None:
    """The days are counted from the first request, dead or not."""
    no_more(unsigned)
    unsigned.sweeps(-5, 14)
    assert unsigned.status == "awaiting-signature"
    unsigned.sweep(15)
    assert (unsigned.status, unsigned.taper.end) == ("stopped", "no-agreement")


def test_what_runs_goes_on_without_it(life: Life) -> None:
    before = life.all_mg(range(1, 113))
    no_more(life)
    assert (life.status, life.all_mg(range(1, 113))) == ("active", before)


def test_a_consent_is_withdrawn_once(unsigned: Life) -> None:
    consent = ContactConsent.objects.get()
    no_more(unsigned)
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw_consent(consent, by=unsigned.cho, at=on_day(-4))


def test_a_stranger_to_the_clinic_withdraws_nothing(unsigned: Life, dr_dee: User, other_clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        withdraw_consent(ContactConsent.objects.get(), by=staff_in(other_clinic, dr_dee), at=on_day(-5))
    assert ContactConsent.objects.standing().exists()


def test_a_consent_is_given_once_and_never_for_tomorrow(unsigned: Life) -> None:
    patient, prescriber = unsigned.taper.plan.patient, unsigned.taper.prescriber
    with pytest.raises(Refused, match="recorded already"):
        give_consent(patient, prescriber, given_on=TODAY, how="Again", by=unsigned.cho, at=NOON)
    no_more(unsigned)
    for given_on, how in ((TODAY + timedelta(days=1), "A form"), (TODAY, " ")):
        with pytest.raises(Refused):
            give_consent(patient, prescriber, given_on=given_on, how=how, by=unsigned.cho, at=NOON)


def test_nobody_but_the_clinic_files_a_paper(unsigned: Life) -> None:
    for who in (unsigned.price, unsigned.angela):
        unsigned.cho = who
        with pytest.raises(NotThePrescriber):
            fax(unsigned)
