"""A remembered fixture is made once, and each test finds what it would have found if it had been made for it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from clinics.models import Clinic
from patients.models import ContactPoint, Patient, Plan
from tests.fixtures.remembered import Setting, Step, remembered
from tests.fixtures.rows import Rows, read_rows
from tests.plugins.remembering import see_writing

Database = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def database(db: None) -> Database:
    """The empty database of a test that is being set up: with database(): ..."""
    empty = Step()

    @contextmanager
    def begin() -> Iterator[None]:
        with transaction.atomic(), connection.execute_wrapper(see_writing):
            Setting.now, Setting.patching = Setting(empty), []
            try:
                yield
            finally:
                Setting.now = None
            transaction.set_rollback(True)

    return begin


@pytest.fixture
def made() -> list[str]:
    """What was made, each time it was."""
    return []


@pytest.fixture
def practice(made: list[str]) -> Callable[..., Clinic]:
    @remembered
    def practice() -> Clinic:
        made.append("practice")
        return Clinic.objects.create(name="Lindenhof practice", zone="Europe/Berlin")

    return practice


@pytest.fixture
def person(made: list[str]) -> Callable[..., Patient]:
    @remembered
    def person(clinic: Clinic) -> Patient:
        made.append("person")
        ContactPoint.objects.all().delete()
        patient = Patient.objects.create(clinic=clinic, given_name="Angela", zone="Europe/Berlin")
        ContactPoint.objects.create(patient=patient, value="angela@example.org", messages_allowed=True)
        clinic.name = "Renamed"
        clinic.save()
        return patient

    return person


def as_read() -> Rows:
    """All rows, without the hour at which a history was written."""
    return {table: rows for table, rows in read_rows().items() if "historical" not in table}


def test_what_was_made_once_is_there_again_row_for_row(
    database: Database, practice: Callable[..., Clinic], person: Callable[..., Patient], made: list[str]
) -> None:
    with database():
        first = person(clinic=practice())
        rows = as_read()
    with database():
        clinic = practice()
        assert clinic.name == "Lindenhof practice"
        again = person(clinic=clinic)
        assert as_read() == rows
        assert again == first
        assert again is not first, "each test has objects of its own"
        assert again.clinic is clinic, "who was there is no copy"
        assert clinic.name == "Renamed", "what was done to an object is done to it again"
    assert made == ["practice", "person"]


def test_nothing_that_a_test_did_to_its_objects_reaches_another(
    database: Database, practice: Callable[..., Clinic]
) -> None:
    for _ in range(3):
        with database():
            clinic = practice()
            assert clinic.name == Clinic.objects.get().name == "Lindenhof practice"
            clinic.name = "Another"
            clinic.save()


def test_whatever_else_was_written_makes_it_be_made_anew(
    database: Database, practice: Callable[..., Clinic], person: Callable[..., Patient], made: list[str]
) -> None:
    with database():
        person(clinic=practice())
    with database():
        clinic = practice()
        Clinic.objects.update(telephone="+49 30 1")
        patient = person(clinic=clinic)
        assert Patient.objects.get() == patient
    assert made == ["practice", "person", "person"]


def test_another_order_is_another_state(database: Database, made: list[str]) -> None:
    def one(name: str) -> Callable[..., Clinic]:
        @remembered
        def clinic(name: str) -> Clinic:
            made.append(name)
            return Clinic.objects.create(name=name, zone="Europe/Berlin")

        return lambda: clinic(name=name)

    north, south = one("North"), one("South")
    for first, second in [(north, south), (south, north), (north, south), (south, north)]:
        with database():
            first(), second()
            assert Clinic.objects.count() == 2
    assert made == ["North", "South", "South", "North"]


def test_what_is_patched_makes_it_be_made_anew(
    database: Database, practice: Callable[..., Clinic], made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database():
        practice()
    with database():
        Setting.patching.append(monkeypatch)
        monkeypatch.setattr(Clinic, "__str__", lambda self: "")
        practice()
    assert len(made) == 2


def test_rows_that_know_the_real_clock_are_not_kept(database: Database, made: list[str]) -> None:
    @remembered
    def visitor(joined_at: datetime) -> object:
        from clinics.models import User

        made.append("visitor")
        return User.objects.create_user("visitor@example.org", joined_at=joined_at, name="Visitor", zone="UTC")

    now, long_ago = datetime.now(UTC), datetime.now(UTC) - timedelta(days=30)
    for joined_at, times in [(now, 2), (long_ago, 3)]:
        for _ in range(2):
            with database():
                visitor(joined_at=joined_at)
        assert len(made) == times


@pytest.mark.parametrize("number", [1, 2])
def test_a_plan_of_the_personae_is_one_of_its_own(plan: Plan, number: int) -> None:
    """The second time it is written again; what was done to it the first time has left nothing."""
    assert plan.title == "Five phases"
    assert plan.orders.count() == 3
    plan.title = f"Changed {number}"
    plan.save()
    plan.orders.first().delete()


def test_what_a_commit_brings_about_is_not_kept(database: Database, made: list[str]) -> None:
    @remembered
    def letter() -> Clinic:
        made.append("letter")
        transaction.on_commit(lambda: None)
        return Clinic.objects.create(name="Lindenhof practice", zone="Europe/Berlin")

    for _ in range(2):
        with database():
            letter()
    assert len(made) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [1, 2])
def test_so_has_a_test_that_commits(plan: Plan, number: int) -> None:
    assert not connection.in_atomic_block
    assert Plan.objects.get().orders.count() == 3, number
    Clinic.objects.create(name="A key that nobody has yet", zone="UTC")
