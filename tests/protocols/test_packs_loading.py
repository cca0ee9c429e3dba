"""Loading a pack: a draft once, nothing twice, never over a draft, all of it or nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import Clinic, User
from protocols.models import (
    CriterionTemplate,
    OrderTemplate,
    PhaseTemplate,
    ProtocolTemplate,
    TemplateVersion,
)
from protocols.services.packs import Loaded, LoadStatus, PackError, load_pack
from protocols.services.templates import draft_from, publish
from tests.fixtures.personae import NOON

Rewrite = Callable[[str, str], None]


@pytest.fixture
def load(clinic: Clinic, folder: Path) -> Callable[[], Loaded]:
    return lambda: load_pack("small", clinic=clinic, by=for_system(), at=NOON, folder=folder)


def rows_in_database() -> list[int]:
    return [
        model.objects.count()
        for model in (ProtocolTemplate, TemplateVersion, PhaseTemplate, CriterionTemplate, OrderTemplate)
    ]


def test_a_pack_arrives_as_a_draft_with_all_its_parts(load: Callable[[], Loaded], clinic: Clinic) -> None:
    loaded = load()
    assert loaded.status is LoadStatus.CREATED
    version = TemplateVersion.objects.get()
    assert version == loaded.version
    assert (version.is_draft, version.number, version.pack_version) == (True, 1, "1")
    assert (version.template.clinic, version.template.pack) == (clinic, "small")
    assert (version.created_at, version.created_by_kind, version.created_by_code) == (
        NOON,
        "system",
        "system",
    )
    first, second = version.phases.all()
    assert (first.anchor, first.offset_days, first.duration_days) == ("plan-start", 0, 28)
    assert (second.anchor, second.anchor_phase, second.offset_days, second.duration_days) == (
        "phase-end", "first", 1, None,
    )  # fmt: skip
    criterion = first.criteria.get()
    assert (criterion.kind, criterion.parameters) == ("minimum_days", {"days": 21})
    zinc = version.orders.get(key="zinc")
    assert (str(zinc.amount), zinc.first_phase, zinc.last_phase) == ("37.5 mg", first, second)
    assert (zinc.pattern, zinc.times_of_day, zinc.evidence) == ("daily", ["with-breakfast"], "limited")


def test_loading_twice_changes_nothing(load: Callable[[], Loaded]) -> None:
    created = load()
    before = rows_in_database()
    again = load()
    assert (again.status, again.version) == (LoadStatus.PRESENT, created.version)
    assert rows_in_database() == before == [1, 1, 2, 1, 2]


def test_an_edition_stays_loaded_after_it_was_published_and_edited(load: Callable[[], Loaded], by: Actor) -> None:
    first = publish(load().version, by=by, at=NOON)
    assert load().status is LoadStatus.PRESENT
    draft_from(first, by=by, at=NOON)
    assert load().status is LoadStatus.PRESENT
    assert TemplateVersion.objects.count() == 2


def test_a_new_edition_becomes_the_next_draft(load: Callable[[], Loaded], rewrite: Rewrite, by: Actor) -> None:
    first = publish(load().version, by=by, at=NOON)
    rewrite('version = "1"', 'version = "2"')
    rewrite('amount = "37.5 mg"', 'amount = "75 mg"')
    loaded = load()
    assert (loaded.status, loaded.version.number) == (LoadStatus.CREATED, 2)
    assert loaded.version.template == first.template
    assert str(loaded.version.orders.get(key="zinc").amount) == "75 mg"
    assert str(first.orders.get(key="zinc").amount) == "37.5 mg"


def test_a_new_edition_waits_while_there_is_a_draft(load: Callable[[], Loaded], rewrite: Rewrite, by: Actor) -> None:
    draft = load().version
    draft.summary = "Edited by the clinic."
    draft.save()
    rewrite('version = "1"', 'version = "2"')
    before = rows_in_database()
    waiting = load()
    assert (waiting.status, waiting.version) == (LoadStatus.DRAFT_KEPT, draft)
    assert rows_in_database() == before
    assert TemplateVersion.objects.get().summary == "Edited by the clinic."
    publish(draft, by=by, at=NOON)
    assert load().status is LoadStatus.CREATED


def test_a_draft_that_was_deleted_can_be_loaded_again(load: Callable[[], Loaded]) -> None:
    load().version.delete()
    assert load().status is LoadStatus.CREATED
    assert rows_in_database() == [1, 1, 2, 1, 2]


def test_the_clinics_own_title_is_kept(load: Callable[[], Loaded], rewrite: Rewrite, by: Actor) -> None:
    template = publish(load().version, by=by, at=NOON).template
    template.title = "Our way"
    template.save()
    rewrite('version = "1"', 'version = "2"')
    assert str(load().version) == "Our way, version 2"


def test_two_clinics_have_a_copy_each(load: Callable[[], Loaded], other_clinic: Clinic, folder: Path) -> None:
    first = load()
    second = load_pack("small", clinic=other_clinic, by=for_system(), at=NOON, folder=folder)
    assert second.status is LoadStatus.CREATED
    assert second.version.template != first.version.template


def test_a_faulty_pack_writes_nothing(load: Callable[[], Loaded], rewrite: Rewrite) -> None:
    rewrite('pattern = "as needed"', 'pattern = "sometimes"')
    with pytest.raises(PackError, match=r"small\.toml, orders\[1\]\.pattern: “sometimes” is not a pattern"):
        load()
    assert rows_in_database() == [0, 0, 0, 0, 0]


def test_what_fails_half_way_leaves_nothing_behind(load: Callable[[], Loaded], monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(order: OrderTemplate) -> None:
        raise OSError("No space left on device.")

    monkeypatch.setattr(OrderTemplate, "save", no_room)
    with pytest.raises(OSError, match="No space"):
        load()
    assert rows_in_database() == [0, 0, 0, 0, 0]


def test_a_practitioner_may_load_a_pack_into_the_own_clinic(clinic: Clinic, by: Actor, folder: Path) -> None:
    loaded = load_pack("small", clinic=clinic, by=by, at=NOON, folder=folder)
    assert loaded.version.created_by_code == by.code


def test_an_assistant_may_not(clinic: Clinic, assistant_1: User, folder: Path) -> None:
    with pytest.raises(NotAllowed):
        load_pack("small", clinic=clinic, by=staff_in(clinic, assistant_1), at=NOON, folder=folder)
    assert rows_in_database() == [0, 0, 0, 0, 0]


def test_a_practitioner_of_another_clinic_may_not(
    clinic: Clinic, other_clinic: Clinic, dr_dee: User, folder: Path
) -> None:
    for at_work_in in (clinic, other_clinic):
        with pytest.raises(NotAllowed):
            load_pack("small", clinic=clinic, by=staff_in(at_work_in, dr_dee), at=NOON, folder=folder)
    assert rows_in_database() == [0, 0, 0, 0, 0]


def test_what_was_done_is_said_in_words(load: Callable[[], Loaded], rewrite: Rewrite) -> None:
    assert str(load()) == "A small protocol, version 1 is a new draft, from edition 1"
    assert str(load()) == "edition 1 is there already, as A small protocol, version 1"
    rewrite('version = "1"', 'version = "2"')
    assert str(load()).startswith("edition 2 is waiting: A small protocol, version 1 is still a draft.")
