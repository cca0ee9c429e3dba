"""A taper is for the staff of its clinic; for its patient once it was signed; for nobody else."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from patients.models import (
    CalendarFeed,
    ContactConsent,
    DiaryEntry,
    Door,
    Patient,
    PrescriberAnswer,
    RedFlagReport,
    Scan,
    Signature,
    SigningRequest,
    Supply,
    Taper,
    TaperVersion,
    UseKind,
    UseReport,
    WrittenConfirmation,
)
from patients.services.tapers import stopping, supplying
from patients.services.tapers.revising import Extension
from patients.services.tapers.signing import Agreement, confirm_in_writing, sign
from protocols.domain.amount import Amount
from protocols.domain.canonical import sha256_of
from tests.fixtures.lives import Life
from tests.fixtures.personae import NOON, TODAY, make_user
from tests.fixtures.tapers import on_day

OWN: list[Any] = [Taper, TaperVersion, UseReport, DiaryEntry, RedFlagReport, Supply]
"""What its patient sees too."""
PAPERS: list[Any] = [ContactConsent, SigningRequest, PrescriberAnswer, Signature, Scan, WrittenConfirmation]
"""What is written among colleagues."""


@pytest.fixture
def lived(unsigned: Life) -> Life:
    """One row of everything that hangs on a taper."""
    version = unsigned.taper.versions.get()
    sign(
        unsigned.taper,
        door=Door.TELEPHONE,
        version_sha256=version.sha256,
        agreement=Agreement(),
        means="Read back.",
        by=unsigned.cho,
        at=NOON,
    )
    scan = Scan.objects.create(
        version=version,
        media_type="application/pdf",
        content=b"%PDF-",
        sha256=sha256_of(b"%PDF-"),
        added_at=NOON,
        by_kind="staff",
        by_code="x",
    )
    taper = unsigned.taper
    confirm_in_writing(taper, scan=scan, received_on=TODAY, by=unsigned.cho, at=NOON, revision=taper.revision)
    unsigned.says(UseKind.CHANGED, 1)
    unsigned.needs_rescue(2)
    unsigned.reports(3, "swallowing")
    supplying.record_supply(
        unsigned.taper,
        strength=Amount.parse("20 mg"),
        count=Decimal(5),
        is_all=True,
        by=unsigned.angela,
        at=on_day(3),
    )
    return unsigned


def seen(model: Any, user: object) -> int:
    return model.objects.visible_to(user).count()


def strangers(dr_dee: User, ben: Patient) -> Iterator[object]:
    """Staff of another clinic, another patient, a login without anything, an operator, and nobody."""
    operator = make_user("operator_1@example.org")
    operator.is_superuser = True
    operator.save()
    yield from (dr_dee, ben.user, make_user("nobody_1@example.org"), operator, AnonymousUser())


def test_the_staff_of_the_clinic_see_all_of_it(lived: Life, dr_cho: User, assistant_1: User) -> None:
    for user in (dr_cho, assistant_1):
        assert [seen(model, user) > 0 for model in [*OWN, *PAPERS]] == [True] * len([*OWN, *PAPERS])


def test_strangers_see_none_of_it(lived: Life, dr_dee: User, ben: Patient) -> None:
    for user in strangers(dr_dee, ben):
        assert [seen(model, user) for model in [*OWN, *PAPERS]] == [0] * len([*OWN, *PAPERS]), user


def test_a_superuser_without_membership_sees_none_of_it(lived: Life, dr_dee: User, ben: Patient) -> None:
    operator = make_user("operator_2@example.org")
    operator.is_superuser = operator.is_staff = True
    operator.save()
    assert [seen(model, operator) for model in [*OWN, *PAPERS]] == [0] * len([*OWN, *PAPERS])


def test_who_has_left_or_may_not_sign_in_sees_none_of_it(lived: Life, dr_cho: User, assistant_1: User) -> None:
    Membership.objects.filter(user=dr_cho).update(ended_at=NOON)
    User.objects.filter(pk=assistant_1.pk).update(is_active=False)
    assistant_1.refresh_from_db()
    for user in (dr_cho, assistant_1):
        assert [seen(model, user) for model in [*OWN, *PAPERS]] == [0] * len([*OWN, *PAPERS])


def test_its_patient_sees_what_is_hers_and_no_papers(lived: Life, angela: Patient) -> None:
    assert [seen(model, angela.user) for model in OWN] == [1] * len(OWN)
    assert [seen(model, angela.user) for model in PAPERS] == [0] * len(PAPERS)


@pytest.mark.parametrize("fixture", ["draft_taper", "sent_taper"])
def test_before_the_first_signature_she_sees_none_of_it(
    request: pytest.FixtureRequest, fixture: str, angela: Patient, dr_cho: User
) -> None:
    request.getfixturevalue(fixture)
    assert [seen(model, angela.user) for model in (Taper, TaperVersion)] == [0, 0]
    assert [seen(model, dr_cho) for model in (Taper, TaperVersion)] == [1, 1]


def test_of_a_running_taper_she_sees_no_draft_and_no_proposal(lived: Life, angela: Patient, dr_cho: User) -> None:
    lived.draw_up(Extension(7), first=10, on=5)
    assert (seen(TaperVersion, angela.user), seen(TaperVersion, dr_cho)) == (1, 2)
    lived.propose(5)
    assert (seen(TaperVersion, angela.user), seen(TaperVersion, dr_cho)) == (1, 2)


def test_what_was_declined_before_any_signature_she_never_sees(
    unsigned: Life,
    angela: Patient,
) -> None:
    unsigned.stop(-3, instruction="")
    assert [seen(model, angela.user) for model in (Taper, TaperVersion)] == [0, 0]


def test_what_was_stopped_she_still_sees(lived: Life, angela: Patient) -> None:
    lived.stop(10)
    assert [seen(model, angela.user) for model in OWN] == [1] * len(OWN)


def test_what_was_entered_in_error_she_no_longer_sees(lived: Life, angela: Patient, dr_cho: User) -> None:
    taper = lived.taper
    stopping.enter_in_error(taper, reason="Not hers.", by=lived.cho, at=on_day(10), revision=taper.revision)
    assert [seen(model, angela.user) for model in OWN] == [0] * len(OWN)
    assert [seen(model, dr_cho) for model in OWN] == [1] * len(OWN)


# --- The calendar -------------------------------------------------------------------------------------------


@pytest.fixture
def feed(angela: Patient) -> CalendarFeed:
    return CalendarFeed.objects.create(patient=angela, nonce="n", made_at=NOON)


def test_a_calendar_is_for_its_patient_alone(
    feed: CalendarFeed, angela: Patient, dr_cho: User, dr_dee: User, ben: Patient
) -> None:
    assert seen(CalendarFeed, angela.user) == 1
    for user in (dr_cho, *strangers(dr_dee, ben)):
        assert seen(CalendarFeed, user) == 0, user


def test_also_where_she_works_in_the_clinic_that_treats_her(
    feed: CalendarFeed, angela: Patient, clinic: Clinic, dr_cho: User
) -> None:
    assert angela.user is not None
    Membership.objects.create(user=angela.user, clinic=clinic, role=Role.ASSISTANT.value, started_at=NOON)
    assert (seen(CalendarFeed, angela.user), seen(CalendarFeed, dr_cho)) == (1, 0)
