"""Loading the shipped medicines: once for all, again without effect, a newer edition as new rows beside the old."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from clinics.actor import Actor, NotAllowed, for_system
from protocols.models import Medicine, MedicineStrength
from protocols.services import medicine_pack
from protocols.services.medicine_pack import LoadedMedicines, load_medicines
from protocols.services.pack_files import PackError, available_packs
from tests.fixtures.personae import NOON

PACK = """
key = "medicines"
version = "2026-11"

[[medicines]]
key = "omeprazole-capsule"
substance = "omeprazole"
name = "Omeprazole"
class = "PPI"
form = "capsule"
release = "delayed"
strengths = [{ amount = "10 mg", rxnorm = "199119" }, { amount = "20 mg", rxnorm = "198051" }]
halving = "no"
food = "before-meal"
minutes_before_meal = 30
sources = [{ cite = "A label", read = "primary", for = ["class", "form", "strengths", "codes", "halving", "meals"] }]

[[medicines]]
key = "ibuprofen"
substance = "ibuprofen"
name = "Ibuprofen"
class = "NSAID"
sources = [{ cite = "A list", read = "secondary", for = ["class"] }]
"""
LATER = NOON + timedelta(days=30)

Rewrite = Callable[..., None]
Load = Callable[[], LoadedMedicines]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "medicines.toml").write_text(PACK, encoding="utf-8")
    return tmp_path


@pytest.fixture
def rewrite(pack: Path) -> Rewrite:
    """Replace pieces of the pack's text; each must be there exactly once."""

    def replace(*pieces: tuple[str, str]) -> None:
        text = (pack / "medicines.toml").read_text(encoding="utf-8")
        for old, new in pieces:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (pack / "medicines.toml").write_text(text, encoding="utf-8")

    return replace


@pytest.fixture
def load(db: None, pack: Path) -> Load:
    return lambda: load_medicines(by=for_system(), at=NOON, folder=pack)


def everything() -> list[tuple[object, ...]]:
    return [*Medicine.objects.order_by("pk").values_list(), *MedicineStrength.objects.order_by("pk").values_list()]


def test_the_medicines_arrive_for_every_clinic(load: Load) -> None:
    assert load() == LoadedMedicines("2026-11", added=2)
    omeprazole = Medicine.objects.get(key="omeprazole-capsule")
    assert (omeprazole.clinic, omeprazole.number, omeprazole.pack_version) == (None, 1, "2026-11")
    assert (omeprazole.created_at, omeprazole.created_by_kind, omeprazole.created_by_code) == (
        NOON, "system", "system",
    )  # fmt: skip
    assert [str(amount) for amount in omeprazole.amounts] == ["20 mg", "10 mg"]
    assert {row.rxnorm_drug_code for row in omeprazole.strengths.all()} == {"199119", "198051"}
    assert str(omeprazole) == "Omeprazole delayed-release capsule"
    ibuprofen = Medicine.objects.get(key="ibuprofen")
    assert (str(ibuprofen), ibuprofen.form, ibuprofen.food, ibuprofen.may_be_halved, ibuprofen.prescription_only) == (
        "Ibuprofen", "", "unknown", "unknown", None,
    )  # fmt: skip


def test_loading_twice_changes_nothing(load: Load) -> None:
    load()
    before = everything()
    again = load()
    assert again == LoadedMedicines("2026-11", kept=2)
    assert str(again) == "edition 2026-11 is there already, 2 medicines"
    assert everything() == before


def test_a_newer_edition_replaces_what_changed_and_keeps_the_rest(load: Load, pack: Path, rewrite: Rewrite) -> None:
    load()
    first = Medicine.objects.get(key="omeprazole-capsule")
    kept = Medicine.objects.get(key="ibuprofen")
    rewrite(
        ('version = "2026-11"', 'version = "2027-01"'),
        ('rxnorm = "198051" }]', 'rxnorm = "198051" }, { amount = "40 mg" }]'),
    )
    assert load_medicines(by=for_system(), at=LATER, folder=pack) == LoadedMedicines("2027-01", revised=1, kept=1)
    second = Medicine.objects.current().get(key="omeprazole-capsule")
    first.refresh_from_db()
    assert (second.number, second.replaces, second.pack_version) == (2, first, "2027-01")
    assert (first.retired_at, first.retired_by_kind, first.retired_by_code) == (LATER, "system", "system")
    # A taper that used the old row still finds exactly what it used.
    assert [str(amount) for amount in first.amounts] == ["20 mg", "10 mg"]
    assert [str(amount) for amount in second.amounts] == ["40 mg", "20 mg", "10 mg"]
    assert Medicine.objects.current().get(key="ibuprofen") == kept


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Omeprazole"', 'name = "Omeprazole."'),
        ("minutes_before_meal = 30", "minutes_before_meal = 60"),
        ('cite = "A label"', 'cite = "Another label"'),
        ('read = "primary"', 'read = "secondary"'),
        ('amount = "20 mg"', 'amount = "30 mg"'),
        ('rxnorm = "199119"', 'rxnorm = "199118"'),
        ('halving = "no"\n', ""),
    ],
)
def test_whatever_changes_makes_a_new_row(load: Load, rewrite: Rewrite, old: str, new: str) -> None:
    load()
    rewrite(('version = "2026-11"', 'version = "2026-12"'), (old, new))
    assert load() == LoadedMedicines("2026-12", revised=1, kept=1)


def test_what_an_edition_no_longer_has_is_retired(load: Load, rewrite: Rewrite) -> None:
    load()
    rewrite(
        ('version = "2026-11"', 'version = "2026-11.2"'),
        (PACK.rpartition("\n[[medicines]]")[2], '\nkey = "naproxen"\nsubstance = "naproxen"\nname = "Naproxen"\n'
         'class = "NSAID"\nsources = [{ cite = "A list", read = "secondary", for = ["class"] }]\n'),
    )  # fmt: skip
    assert load() == LoadedMedicines("2026-11.2", added=1, retired=1, kept=1)
    assert set(Medicine.objects.current().values_list("key", flat=True)) == {"omeprazole-capsule", "naproxen"}
    assert Medicine.objects.get(key="ibuprofen").is_retired


def test_an_older_edition_changes_nothing(load: Load, rewrite: Rewrite) -> None:
    rewrite(('version = "2026-11"', 'version = "2026-11.2"'))
    load()
    before = everything()
    rewrite(('version = "2026-11.2"', 'version = "2026-11"'), ('name = "Omeprazole"', 'name = "Something else"'))
    loaded = load()
    assert loaded.newer == "2026-11.2"
    assert str(loaded) == "edition 2026-11 is older than 2026-11.2, which is there already; nothing was changed"
    assert everything() == before


def test_a_change_needs_a_new_edition(load: Load, rewrite: Rewrite) -> None:
    load()
    before = everything()
    rewrite(('name = "Omeprazole"', 'name = "Something else"'))
    with pytest.raises(PackError, match="Give what has changed a new edition"):
        load()
    assert everything() == before


def test_the_rows_of_clinics_stay_as_they_are(load: Load, rewrite: Rewrite, own_medicine: Medicine) -> None:
    load()
    rewrite(('version = "2026-11"', 'version = "2026-12"'), ('name = "Omeprazole"', 'name = "Prazole"'))
    load()
    own_medicine.refresh_from_db()
    assert not own_medicine.is_retired


def test_nobody_loads_them_by_hand(load: Load, pack: Path, by: Actor) -> None:
    with pytest.raises(NotAllowed, match="load_packs"):
        load_medicines(by=by, at=NOON, folder=pack)
    assert not Medicine.objects.exists()


def test_the_medicines_are_no_protocol(pack: Path) -> None:
    assert available_packs(pack) == []


def test_a_row_that_the_database_refuses_is_told_with_its_line(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ValidationError("Another row has this key.")

    monkeypatch.setattr(medicine_pack, "write_medicine", refused)
    with pytest.raises(PackError) as error:
        load()
    assert error.value.problems == [
        "medicines.toml, line 5, medicines[0] (omeprazole-capsule): Another row has this key."
    ]
    assert not Medicine.objects.exists()
