"""A prescriber says something other than yes. The medicine stays as it is."""

from dataclasses import replace
from datetime import date

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from clinics.services.prescribers import add_prescriber, end_prescriber
from patients.models import (
    Door,
    PrescriberAnswer,
    PrescriberAnswerKind,
    Scan,
    Signature,
    SigningRequest,
    TaperVersion,
)
from patients.services.errors import InvalidRequest
from patients.services.tapers import answering
from patients.services.tapers.drawing_up import Draft, change_draft
from patients.services.tapers.errors import DoorClosed, NotThePrescriber, OtherVersion, PrescriberGone
from patients.services.tapers.signing import Agreement, sign
from protocols.domain.canonical import sha256_of
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day

DECLINE, MANAGES = PrescriberAnswerKind.DECLINE, PrescriberAnswerKind.I_MANAGE_IT
NOT_MINE, CALL, EDITS = (
    PrescriberAnswerKind.NOT_MY_PATIENT,
    PrescriberAnswerKind.CALL_ME,
    PrescriberAnswerKind.AGREE_WITH_EDITS,
)


def answer(
    life: Life,
    kind: PrescriberAnswerKind,
    *,
    door: Door = Door.LINK,
    by: Actor | None = None,
    text: str = "In my words.",
    on: int = -5,
    sha256: str = "",
    answered_on: date | None = None,
    scan: Scan | None = None,
    request: SigningRequest | None = None,
) -> PrescriberAnswer:
    return answering.answer(
        life.taper,
        kind=kind,
        door=door,
        version_sha256=sha256 or life.taper.versions.get(status="proposed").sha256,
        text=text,
        answered_on=answered_on,
        scan=scan,
        request=request,
        by=by or life.price,
        at=on_day(on),
    )


def scan_of(version: TaperVersion) -> Scan:
    return Scan.objects.create(
        version=version,
        media_type="application/pdf",
        content=b"%PDF-",
        sha256=sha256_of(b"%PDF-"),
        added_at=NOON,
        by_kind="staff",
        by_code="x",
    )


@pytest.mark.parametrize(("kind", "end"), [(DECLINE, "no-agreement"), (MANAGES, "prescriber-manages")])
def test_declined_or_managed_elsewhere_the_taper_ends(unsigned: Life, kind: PrescriberAnswerKind, end: str) -> None:
    given = answer(unsigned, kind)
    taper = unsigned.taper
    assert (taper.status, taper.end, taper.ended_on, taper.started_at) == ("stopped", end, on_day(-5).date(), None)
    assert taper.versions.get().status == "declined"
    assert SigningRequest.objects.get().closed_at == on_day(-5)
    assert (given.kind, given.text, given.by_kind) == (kind.value, "In my words.", "prescriber")
    assert Signature.objects.count() == 0
    assert unsigned.moves()[-1] == ("stop", "awaiting-signature", "stopped")


def test_the_plan_goes_on(unsigned: Life) -> None:
    answer(unsigned, DECLINE)
    assert unsigned.taper.plan.status == "active"


@pytest.mark.parametrize("kind", [NOT_MINE, EDITS])
def test_not_her_prescriber_or_edits_by_hand_it_is_a_draft_again(unsigned: Life, kind: PrescriberAnswerKind) -> None:
    answer(unsigned, kind)
    assert unsigned.status == "draft"
    assert [version.status for version in unsigned.taper.versions.order_by("number")] == ["declined", "draft"]
    assert unsigned.moves()[-1] == ("withdraw", "awaiting-signature", "draft")


def test_then_another_prescriber_is_chosen_and_signs(
    unsigned: Life, angelas_draft: Draft, clinic: Clinic, by: Actor
) -> None:
    answer(unsigned, NOT_MINE)
    another = add_prescriber(clinic, name="Dr Another", email="another@example.org", by=by, at=NOON)
    taper = unsigned.taper
    change_draft(taper, replace(angelas_draft, prescriber=another), by=by, at=on_day(-4), revision=taper.revision)
    unsigned.propose(-4)
    with pytest.raises(NotAllowed):
        unsigned.sign(-4)
    assert unsigned.taper.prescriber == another


def test_please_call_me_leaves_it_open(unsigned: Life) -> None:
    answer(unsigned, CALL)
    assert unsigned.status == "awaiting-signature"
    assert SigningRequest.objects.get().is_open
    unsigned.sign(-4)
    assert unsigned.status == "active"


def test_edits_by_hand_say_what_is_to_be_changed(unsigned: Life) -> None:
    with pytest.raises(InvalidRequest) as refused:
        answer(unsigned, EDITS, text=" ")
    assert refused.value.field == "text"


@pytest.mark.parametrize("kind", [PrescriberAnswerKind.AGREE, PrescriberAnswerKind.HOLD, PrescriberAnswerKind.REVOKE])
def test_what_is_an_act_of_its_own_is_no_answer(unsigned: Life, kind: PrescriberAnswerKind) -> None:
    with pytest.raises(ValueError, match="act of its own"):
        answer(unsigned, kind)


def test_an_answer_to_another_version_is_refused(unsigned: Life) -> None:
    with pytest.raises(OtherVersion):
        answer(unsigned, DECLINE, sha256="0" * 64)


def test_nobody_answers_twice(unsigned: Life) -> None:
    sha256 = unsigned.taper.versions.get().sha256
    answer(unsigned, DECLINE)
    with pytest.raises(OtherVersion):
        answer(unsigned, CALL, sha256=sha256)
    assert PrescriberAnswer.objects.count() == 1


def test_an_assistant_writes_down_what_came_on_paper(unsigned: Life, clinic: Clinic, assistant_1: User) -> None:
    version = unsigned.taper.versions.get()
    given = answer(
        unsigned,
        DECLINE,
        door=Door.FAX_OR_LETTER,
        by=staff_in(clinic, assistant_1),
        answered_on=TODAY,
        scan=scan_of(version),
    )
    assert (given.answered_on, given.by_code) == (TODAY, assistant_1.code)


@pytest.mark.parametrize("door", [Door.LINK, Door.INSIDE])
def test_nobody_answers_for_a_prescriber(unsigned: Life, door: Door) -> None:
    for by in (unsigned.cho, unsigned.angela, for_system()):
        with pytest.raises(NotThePrescriber):
            answer(unsigned, DECLINE, door=door, by=by)
    assert unsigned.status == "awaiting-signature"


@pytest.mark.parametrize("who", ["angela", "price"])
def test_nobody_but_the_clinic_writes_down_a_paper(unsigned: Life, who: str) -> None:
    with pytest.raises(NotThePrescriber):
        answer(unsigned, DECLINE, door=Door.FAX_OR_LETTER, by=getattr(unsigned, who))


def test_who_works_elsewhere_does_not_answer_inside(unsigned: Life) -> None:
    with pytest.raises(DoorClosed):
        answer(unsigned, DECLINE, door=Door.INSIDE)


@pytest.mark.parametrize(("answered_on", "why"), [(date(2027, 1, 3), "before"), (date(2027, 1, 8), "not come yet")])
def test_a_paper_is_of_a_day_between_the_request_and_today(unsigned: Life, answered_on: date, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why) as refused:
        answer(unsigned, DECLINE, door=Door.FAX_OR_LETTER, by=unsigned.cho, answered_on=answered_on, on=-4)
    assert refused.value.field == "answered_on"


def test_a_paper_of_an_earlier_version_is_not_the_answer_to_this_one(unsigned: Life) -> None:
    """The code of the version stands on each page: a fax of the first is no yes to the second."""
    first = unsigned.taper.versions.get()
    answer(unsigned, EDITS)
    unsigned.propose(-4)
    second = unsigned.taper.versions.get(status="proposed")
    for act in (
        lambda: answer(unsigned, DECLINE, door=Door.FAX_OR_LETTER, by=unsigned.cho, scan=scan_of(first), on=-4),
        lambda: answer(unsigned, DECLINE, request=first.requests.get(), on=-4),
        lambda: sign(
            unsigned.taper,
            door=Door.FAX_OR_LETTER,
            version_sha256=second.sha256,
            agreement=Agreement(),
            means="",
            scan=scan_of(first),
            by=unsigned.cho,
            at=on_day(-4),
        ),
    ):
        with pytest.raises(OtherVersion):
            act()
    assert unsigned.status == "awaiting-signature"


def test_a_prescriber_who_was_ended_signs_nothing_new_and_may_decline(unsigned: Life, by: Actor) -> None:
    end_prescriber(unsigned.taper.prescriber, by=by, at=on_day(-6))
    with pytest.raises(PrescriberGone):
        unsigned.sign(-5)
    assert Signature.objects.count() == 0
    answer(unsigned, DECLINE)
    assert unsigned.status == "stopped"
