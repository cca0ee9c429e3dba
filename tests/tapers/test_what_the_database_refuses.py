"""Rules of tapers that hold even for whoever goes round the services."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.utils import DatabaseError

from clinics.models.append_only import AppendOnly
from patients.models import (
    ContactConsent,
    DiaryEntry,
    Door,
    PrescriberAnswer,
    Scan,
    Signature,
    SigningRequest,
    Substitution,
    Supply,
    Taper,
    TaperHold,
    TaperVersion,
    UseKind,
    UseReport,
    WrittenConfirmation,
)
from patients.models.taper import TermsFrozen
from patients.models.taper_course import course_of
from patients.services.tapers import supplying
from patients.services.tapers.signing import Agreement, confirm_in_writing, sign
from protocols.domain.amount import Amount
from protocols.domain.canonical import sha256_of
from protocols.domain.terms import TermsError
from tests.fixtures.lives import Life, day
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day


def has_triggers() -> bool:
    """On PostgreSQL the database itself refuses; on SQLite the models do, and whoever writes SQL is not stopped."""
    return connection.vendor == "postgresql"


def copy_of(row: models.Model, **changes: Any) -> None:
    """Another row like this one, written past the services."""
    row.pk = None
    row._state.adding = True
    for name, value in changes.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Model.save(row)


# --- One of each --------------------------------------------------------------------------------------------


def test_one_medicine_has_one_open_taper(life: Life) -> None:
    copy_of(life.taper, code="OTHER", status="draft")


@pytest.mark.parametrize("status", ["draft", "awaiting-signature", "active", "held", "watching"])
def test_whatever_its_status_while_it_is_open(life: Life, status: str) -> None:
    Taper.objects.filter(code=life.code).update(status=status)
    copy_of(life.taper, code="OTHER", status="held")


def test_one_version_is_in_force(life: Life) -> None:
    copy_of(life.taper.versions.get(), code="OTHER", number=2)


@pytest.mark.parametrize(("one", "other"), [("draft", "proposed"), ("proposed", "proposed"), ("draft", "draft")])
def test_one_version_is_drawn_up_or_waits(draft_taper: Taper, one: str, other: str) -> None:
    TaperVersion.objects.filter(taper=draft_taper).update(status=one)
    copy_of(draft_taper.versions.get(), code="OTHER", number=2, status=other)


def test_a_number_stands_once(life: Life) -> None:
    copy_of(life.taper.versions.get(), code="OTHER", status="superseded")


def test_what_is_in_force_has_a_first_day(life: Life) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TaperVersion.objects.filter(taper__code=life.code).update(first_day=None)


def test_one_hold_of_a_version_is_open(life: Life) -> None:
    life.hold(10)
    copy_of(life.hold_that_is_on, first_day=day(12))


def test_a_hold_does_not_end_before_it_begins(life: Life) -> None:
    life.hold(10)
    with pytest.raises(IntegrityError), transaction.atomic():
        TaperHold.objects.update(resumed_on=day(9))


def test_one_request_of_a_door_is_open(unsigned: Life) -> None:
    copy_of(SigningRequest.objects.get(), code="OTHER")


def test_one_consent_stands(unsigned: Life) -> None:
    copy_of(ContactConsent.objects.get())


def test_one_entry_of_a_day_stands(life: Life) -> None:
    life.needs_rescue(10)
    copy_of(DiaryEntry.objects.get(), code="OTHER")


def test_symptoms_are_from_0_to_10(life: Life) -> None:
    life.needs_rescue(10)
    with pytest.raises(IntegrityError), transaction.atomic():
        DiaryEntry.objects.update(symptoms=11)


def test_a_supply_is_never_negative(life: Life) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Supply.objects.create(
            taper=life.taper,
            strength_value=20,
            strength_unit="mg",
            count=-1,
            is_all=True,
            on=TODAY,
            recorded_at=NOON,
            by_kind="patient",
            by_code="x",
        )


def test_one_thing_stands_in_for_a_strength(life: Life) -> None:
    row = Substitution.objects.create(
        version=life.taper.versions.get(),
        strength_value=20,
        strength_unit="mg",
        replacement=[{"strength": "10 mg", "count": "2"}],
        first_day=day(10),
        at=NOON,
        by_kind="staff",
        by_code="x",
    )
    copy_of(row, first_day=day(11))


def test_one_version_has_one_signature(life: Life) -> None:
    copy_of(Signature.objects.get())


# --- What was put before a prescriber -----------------------------------------------------------------------

CHANGES: dict[str, Any] = {
    "content": b"{}",
    "sha256": "0" * 64,
    "code": "OTHER",
    "number": 7,
    "entered": {},
    "reason": "Another reason.",
    "alternatives": "None.",
    "source": "Another source.",
    "monitored_by": "Somebody else.",
    "call": "Another number.",
    "drawn_up_by_code": "OTHER",
    "drawn_up_by_kind": "system",
    "drawn_up_at": NOON + timedelta(days=1),
    "status": "draft",
}


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("which", ["unsigned", "life"])
def test_nothing_of_it_is_changed_through_the_model(column: str, which: str, request: pytest.FixtureRequest) -> None:
    life: Life = request.getfixturevalue(which)
    version = life.taper.versions.get()
    setattr(version, column, CHANGES[column])
    with pytest.raises(TermsFrozen):
        version.save()


@pytest.mark.parametrize("column", CHANGES)
def test_nothing_of_it_is_changed_by_a_queryset(column: str, unsigned: Life) -> None:
    if not has_triggers():
        return
    versions = TaperVersion.objects.filter(taper__code=unsigned.code)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        versions.update(**{column: CHANGES[column]})


def test_nothing_of_it_is_deleted(unsigned: Life) -> None:
    if not has_triggers():
        return
    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM patients_taperversion")


def test_in_the_hands_that_proposed_it_it_is_frozen_too(draft_taper: Taper) -> None:
    version = draft_taper.versions.get()
    version.reason = "Better words."
    version.save()
    version.status = "proposed"
    version.save()
    version.reason = "Other words."
    with pytest.raises(TermsFrozen):
        version.save()


def test_what_happens_to_it_later_may_be_written(life: Life) -> None:
    version = life.taper.versions.get()
    version.last_day, version.status = day(50), "superseded"
    version.save()


# --- What is only ever added --------------------------------------------------------------------------------


@pytest.fixture
def added(unsigned: Life) -> Life:
    """One row of everything that is only ever added."""
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
    supplying.record_supply(
        unsigned.taper,
        strength=Amount.parse("20 mg"),
        count=Decimal(5),
        is_all=True,
        by=unsigned.angela,
        at=on_day(1),
    )
    return unsigned


ONLY_ADDED = [Scan, PrescriberAnswer, Signature, WrittenConfirmation, UseReport, Supply]


@pytest.mark.parametrize("model", ONLY_ADDED)
def test_it_cannot_be_changed_through_the_model(added: Life, model: Any) -> None:
    row = model.objects.get()
    changes: list[Callable[[], object]] = [
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(by_code="x") if hasattr(row, "by_code") else model.objects.update(door="link"),
    ]
    for change in changes:
        with pytest.raises(AppendOnly):
            change()


@pytest.mark.parametrize("model", ONLY_ADDED)
def test_it_cannot_be_changed_by_sql(added: Life, model: Any) -> None:
    if not has_triggers():
        return
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="only ever added to"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


# --- What was altered is not shown --------------------------------------------------------------------------


def rewritten(life: Life, model: Any, old: bytes, new: bytes) -> None:
    """Somebody with a hand in the database changes bytes, and their checksum with them."""
    row = model.objects.get()
    content = bytes(row.content)
    assert old in content
    content = content.replace(old, new, 1)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if has_triggers():
            # A table with checks still to come cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET content = %s, sha256 = %s", [content, sha256_of(content)])
        if has_triggers():
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


ALTERATIONS = [
    (b'"days":28', b'"days":14'),
    (b'"equivalents":true', b'"equivalents":false'),
    (b'"automatic_hold_at_red_flag":true', b'"automatic_hold_at_red_flag":false'),
    (b'"threshold_days":4', b'"threshold_days":7'),
    (b'"alert_route":"email"', b'"alert_route":"telephone"'),
    (b'"version":1', b'"version":2'),
    (b'"Heartburn, resolved"', b'"Heartburn"'),
]


@pytest.mark.parametrize(("old", "new"), ALTERATIONS)
def test_a_signature_that_says_more_than_its_version_is_not_shown(life: Life, old: bytes, new: bytes) -> None:
    rewritten(life, Signature, old, new)
    with pytest.raises(TermsError):
        course_of(life.taper)


@pytest.mark.parametrize(("old", "new"), ALTERATIONS)
def test_a_version_that_says_other_than_was_signed_is_not_shown(life: Life, old: bytes, new: bytes) -> None:
    rewritten(life, TaperVersion, old, new)
    with pytest.raises(TermsError):
        course_of(life.taper)


def test_the_terms_of_another_taper_are_not_shown(life: Life) -> None:
    Taper.objects.filter(code=life.code).update(code="OTHER")
    with pytest.raises(TermsError, match="another taper"):
        course_of(Taper.objects.get(code="OTHER"))
