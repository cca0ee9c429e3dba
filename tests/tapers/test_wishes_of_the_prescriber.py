"""Whoever signed may hold, resume and take back by telephone and in writing; staff write down whose wish it is."""

from datetime import timedelta
from typing import Any

import pytest

from clinics.actor import Actor, NotAllowed, acting_prescriber, for_system, staff_in
from clinics.models import Clinic, User
from clinics.services.prescribers import add_prescriber
from patients.models import ContactConsent, Door, PrescriberAnswer, PrescriberAnswerKind, Scan
from patients.services.errors import InvalidRequest, Refused, TaperChanged
from patients.services.tapers import holding
from patients.services.tapers.consent import withdraw_consent
from patients.services.tapers.errors import NotThePrescriber, WaitsForPrescriber
from patients.services.tapers.said import Said
from patients.services.tapers.wishes import Wish, file_wish
from protocols.domain.taper_states import IllegalTaperMove
from tests.fixtures.lives import Life, day
from tests.fixtures.tapers import on_day

PDF = b"%PDF-1.7\nA scan of a page."
HOLD, RESUME, REVOKE = PrescriberAnswerKind.HOLD, PrescriberAnswerKind.RESUME, PrescriberAnswerKind.REVOKE


def wants(life: Life, kind: PrescriberAnswerKind, number: int, **said: Any) -> None:
    """By telephone on that day, read back, unless it is said otherwise."""
    taper = life.taper
    code = taper.versions.filter(status="in-force").values_list("code", flat=True).first() or ""
    typed = {"text": "As the prescriber said.", "version_code": code}
    typed |= {name: said.pop(name) for name in ("text", "version_code") if name in said}
    wish = Wish(kind=kind, answered_on=said.pop("on", day(number)), **typed)
    filed = {"door": Door.TELEPHONE, "is_read_back": True, "by": life.cho, "revision": taper.revision} | said
    file_wish(taper, wish, at=on_day(number), **filed)


def test_held_by_telephone_it_is_the_prescribers_hold(life: Life) -> None:
    wants(life, HOLD, 10, text="Endoscopy first.")
    assert (life.status, life.hold_that_is_on.reason_kind) == ("held", "prescriber")
    answer = PrescriberAnswer.objects.latest("pk")
    assert (answer.kind, answer.door, answer.text) == ("hold", "telephone", "Endoscopy first.")
    assert (answer.by_kind, answer.by_code, answer.prescriber_id) == ("staff", life.cho.code, life.taper.prescriber_id)
    with pytest.raises(WaitsForPrescriber):
        life.resume(12)


def test_let_go_on_by_telephone_it_goes_on_as_signed(life: Life) -> None:
    before = life.ends_on
    life.hold(10, by=life.price)
    wants(life, RESUME, 15)
    assert (life.status, before, life.ends_on) == ("active", 112, 112 + 5)
    assert PrescriberAnswer.objects.latest("pk").kind == "resume"
    # What was signed goes on: no paper is waited for.
    life.changes(15, 29)
    life.sweeps(16, 34)
    assert life.status == "active"


def test_taken_back_on_paper_she_reads_the_prescribers_words(life: Life) -> None:
    wants(life, REVOKE, 40, text="Take 20 mg daily.", door=Door.FAX_OR_LETTER, content=PDF, is_read_back=False)
    taper = life.taper
    assert (taper.status, taper.end, taper.instruction) == ("stopped", "revoked", "Take 20 mg daily.")
    answer = PrescriberAnswer.objects.latest("pk")
    assert (answer.kind, answer.door, bytes(answer.scan.content)) == ("revoke", "fax-or-letter", PDF)  # type: ignore[union-attr]
    assert life.all_mg(range(38, 44)) == [10, 10, 0, 0, 0, 0]


def test_a_hold_of_the_clinic_becomes_the_prescribers(life: Life) -> None:
    life.hold(10)
    wants(life, HOLD, 12)
    assert life.hold_that_is_on.reason_kind == "prescriber"
    assert life.hold_that_is_on.first_day == day(10)


def test_without_a_version_code_only_what_waits_for_nothing_counts(life: Life) -> None:
    wants(life, HOLD, 10, version_code="")
    with pytest.raises(InvalidRequest) as refused:
        wants(life, RESUME, 11, version_code=" ")
    assert refused.value.field == "version_code"
    wants(life, REVOKE, 12, version_code="")
    assert life.status == "stopped"


@pytest.mark.parametrize("kind", [HOLD, RESUME, REVOKE])
def test_the_code_of_another_version_is_refused(life: Life, kind: PrescriberAnswerKind) -> None:
    life.hold(9)
    with pytest.raises(InvalidRequest, match="not that of the version in force"):
        wants(life, kind, 10, version_code="7777777777")
    assert life.hold_that_is_on.reason_kind == "clinician"


def test_what_was_said_on_the_telephone_is_read_back(life: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        wants(life, HOLD, 10, is_read_back=False)
    assert (refused.value.field, life.status) == ("is_read_back", "active")


def test_a_paper_is_kept_and_nothing_of_it_where_it_is_refused(life: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        wants(life, HOLD, 10, door=Door.CARRIED, content=b"")
    assert refused.value.field == "scan"
    with pytest.raises(InvalidRequest):
        wants(life, REVOKE, 10, text=" ", door=Door.CARRIED, content=PDF)
    assert (life.status, Scan.objects.count()) == ("active", 0)


@pytest.mark.parametrize(("number", "words"), [(11, "not come yet"), (-20, "before the version in force was agreed")])
def test_it_was_said_between_the_signature_and_today(life: Life, number: int, words: str) -> None:
    with pytest.raises(InvalidRequest, match=words) as refused:
        wants(life, HOLD, 10, on=day(number))
    assert refused.value.field == "answered_on"


def test_said_days_ago_it_holds_from_today(life: Life) -> None:
    wants(life, HOLD, 10, on=day(7))
    assert life.hold_that_is_on.first_day == day(10)
    assert PrescriberAnswer.objects.latest("pk").answered_on == day(7)


def test_sent_twice_it_is_filed_once(life: Life) -> None:
    revision = life.taper.revision
    wants(life, HOLD, 10)
    with pytest.raises(TaperChanged):
        wants(life, HOLD, 10, revision=revision)
    with pytest.raises(IllegalTaperMove):
        wants(life, HOLD, 10)
    assert PrescriberAnswer.objects.filter(kind="hold").count() == 1


def test_nothing_runs_before_it_is_signed(unsigned: Life) -> None:
    with pytest.raises(Refused, match="No version of this taper is in force"):
        wants(unsigned, HOLD, -5, version_code="")


@pytest.mark.parametrize("who", ["assistant", "angela", "system", "price"])
def test_a_practitioner_writes_it_down_and_nobody_else(life: Life, who: str, clinic: Clinic, assistant_1: User) -> None:
    actors: dict[str, Actor] = {
        "assistant": staff_in(clinic, assistant_1),
        "angela": life.angela,
        "system": for_system(),
        "price": life.price,
    }
    with pytest.raises(NotAllowed):
        wants(life, REVOKE, 10, by=actors[who])
    assert life.status == "active"


def test_no_member_of_staff_says_it_through_the_link(life: Life) -> None:
    for door in (Door.LINK, Door.INSIDE):
        with pytest.raises(NotThePrescriber):
            wants(life, HOLD, 10, door=door)
    said = Said(door=Door.TELEPHONE)
    with pytest.raises(NotAllowed):
        holding.hold(life.taper, reason="x", said=said, by=life.price, at=on_day(10), revision=None)
    assert life.status == "active"


def test_after_she_withdrew_her_consent_the_prescriber_is_still_heard(life: Life) -> None:
    withdraw_consent(ContactConsent.objects.get(), by=life.cho, at=on_day(9) + timedelta(hours=1))
    wants(life, REVOKE, 10)
    assert life.taper.end == "revoked"


def test_somebody_elses_prescriber_has_no_say(life: Life, clinic: Clinic, by: Actor) -> None:
    other = add_prescriber(clinic, name="Dr Other", by=by, at=on_day(1))
    with pytest.raises(NotAllowed):
        holding.hold(life.taper, reason="x", by=acting_prescriber(other), at=on_day(10), revision=None)
