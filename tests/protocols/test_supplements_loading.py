"""Loading the shipped supplements: once for all, again without effect, a newer edition as new rows beside the old."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from clinics.actor import Actor, NotAllowed, for_system
from clinics.models import Clinic
from protocols.models import Ingredient, Supplement
from protocols.services.pack_files import PackError, available_packs
from protocols.services.purchase_places import name_place
from protocols.services.supplement_pack import LoadedSupplements, load_supplements
from protocols.services.supplements import ingredients_of
from tests.fixtures.personae import NOON

PACK = """
key = "supplements"
version = "2026-11"

[[supplements]]
key = "zinc"
name = "Zinc"
class = "mineral"
form = "capsule"
unit = "{capsule}"
ingredients = [
    { substance = "zinc carnosine", amount = "37.5 mg", basis = "salt", leads = true },
    { substance = "moon dust" },
]
evidence = "limited"
sources = [{ cite = "A trial", read = "primary", for = ["class", "form", "ingredients", "evidence"] }]

[[supplements]]
key = "fibre"
name = "Fibre"
class = "fibre"
unit = "g"
ingredients = [{ substance = "psyllium", amount = "1 g" }]
evidence = "none"
sources = [{ cite = "Our own", read = "own", for = ["class", "evidence"] }]
"""
LATER = NOON + timedelta(days=30)

Rewrite = Callable[..., None]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "supplements.toml").write_text(PACK, encoding="utf-8")
    return tmp_path


@pytest.fixture
def rewrite(pack: Path) -> Rewrite:
    """Replace pieces of the pack's text; each must be there exactly once."""

    def replace(*pieces: tuple[str, str]) -> None:
        text = (pack / "supplements.toml").read_text(encoding="utf-8")
        for old, new in pieces:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (pack / "supplements.toml").write_text(text, encoding="utf-8")

    return replace


@pytest.fixture
def load(db: None, pack: Path) -> Callable[[], LoadedSupplements]:
    return lambda: load_supplements(by=for_system(), at=NOON, folder=pack)


def test_what_the_pack_says_stands_in_rows(load: Callable[[], LoadedSupplements]) -> None:
    assert load() == LoadedSupplements("2026-11", added=2)
    zinc = Supplement.objects.get(key="zinc")
    assert (zinc.clinic, zinc.number, zinc.pack_version, zinc.mark, zinc.allergens) == (
        None, 1, "2026-11", "primary", None,
    )  # fmt: skip
    assert [(line.substance, str(line.amount), line.basis, line.leads) for line in ingredients_of(zinc)] == [
        ("zinc carnosine", "37.5 mg", "salt", True),
        ("moon dust", "None", None, False),
    ]
    assert Supplement.objects.get(key="fibre").mark == "own"


def test_loading_again_changes_nothing(load: Callable[[], LoadedSupplements]) -> None:
    load()
    before = list(Supplement.objects.values_list("pk", "retired_at"))
    assert load() == LoadedSupplements("2026-11", kept=2)
    assert list(Supplement.objects.values_list("pk", "retired_at")) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "Zinc"', 'name = "Zinc carnosine"'),
        ('amount = "37.5 mg"', 'amount = "75 mg"'),
        (', basis = "salt"', ""),
        ('    { substance = "moon dust" },\n', ""),
        ('evidence = "limited"', 'evidence = "weak"'),
    ],
)
def test_a_newer_edition_replaces_a_row_and_never_changes_it(
    load: Callable[[], LoadedSupplements], rewrite: Rewrite, pack: Path, old: str, new: str
) -> None:
    load()
    first = Supplement.objects.get(key="zinc")
    rewrite(('version = "2026-11"', 'version = "2027-01"'), (old, new))
    assert load_supplements(by=for_system(), at=LATER, folder=pack) == LoadedSupplements("2027-01", revised=1, kept=1)
    second = Supplement.objects.current().get(key="zinc")
    first.refresh_from_db()
    assert (second.replaces, second.number, first.retired_at) == (first, 2, LATER)
    assert [str(line.amount) for line in ingredients_of(first)] == ["37.5 mg", "None"]


def test_what_an_edition_no_longer_has_is_retired(
    load: Callable[[], LoadedSupplements], rewrite: Rewrite, pack: Path
) -> None:
    load()
    rewrite(('version = "2026-11"', 'version = "2026-12"'), ('key = "fibre"', 'key = "another-fibre"'))
    assert load() == LoadedSupplements("2026-12", added=1, retired=1, kept=1)


def test_an_older_edition_changes_nothing(load: Callable[[], LoadedSupplements], rewrite: Rewrite) -> None:
    rewrite(('version = "2026-11"', 'version = "2026-11.2"'))
    load()
    rewrite(('version = "2026-11.2"', 'version = "2026-11"'), ('name = "Zinc"', 'name = "Something else"'))
    assert load().newer == "2026-11.2"
    assert not Supplement.objects.filter(name="Something else").exists()


def test_the_same_edition_with_other_content_is_refused(
    load: Callable[[], LoadedSupplements], rewrite: Rewrite
) -> None:
    load()
    rewrite(('name = "Zinc"', 'name = "Something else"'))
    with pytest.raises(PackError, match="Give what has changed a new edition"):
        load()
    assert Supplement.objects.count() == 2


def test_a_clinics_own_supplement_is_never_overwritten(
    load: Callable[[], LoadedSupplements], rewrite: Rewrite, own_supplement: Supplement
) -> None:
    load()
    rewrite(('version = "2026-11"', 'version = "2027-01"'), ('name = "Zinc"', 'name = "Zinc carnosine with glutamine"'))
    load()
    own_supplement.refresh_from_db()
    assert own_supplement.retired_at is None
    assert own_supplement.ingredients.count() == 3


def test_places_follow_to_the_newer_edition(
    load: Callable[[], LoadedSupplements], rewrite: Rewrite, clinic: Clinic, by: Actor
) -> None:
    load()
    place = name_place(
        Supplement.objects.get(key="zinc"), clinic=clinic, where="Shop", financial_interest="none", by=by, at=NOON
    )
    rewrite(('version = "2026-11"', 'version = "2027-01"'), ('name = "Zinc"', 'name = "Zinc carnosine"'))
    load()
    place.refresh_from_db()
    assert place.supplement == Supplement.objects.current().get(key="zinc")


def test_only_the_system_loads_them(db: None, pack: Path, by: Actor) -> None:
    with pytest.raises(NotAllowed):
        load_supplements(by=by, at=NOON, folder=pack)
    assert not Ingredient.objects.exists()


def test_the_pack_is_no_protocol(pack: Path) -> None:
    assert available_packs(pack) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "place", "sentence"),
    [
        ('name = "Zinc"', 'name = ""', 7, "supplements[0] “zinc”.name", "This is empty"),
        ('class = "mineral"', 'class = "metal"', 8, "supplements[0] “zinc”.class", "“metal” is unknown here"),
        ('unit = "g"', 'unit = "spoon"', 22, "supplements[1] “fibre”.unit", "“spoon” is unknown here"),
        ('unit = "{capsule}"', 'unit = "{tablet}"', 10, "supplements[0] “zinc”.unit", "A capsule is counted in"),
        ('"37.5 mg"', '"37.5 spoons"', 12, "supplements[0] “zinc”.ingredients[0].amount", "is not a unit gutclinic"),
        ('"37.5 mg"', '"0 mg"', 12, "supplements[0] “zinc”.ingredients[0].amount", "An amount is more than zero"),
        ('"moon dust"', '"Moon  dust"', 13, "supplements[0] “zinc”.ingredients[1].substance", "in lower case"),
        ('"moon dust"', '"zinc carnosine"', 11, "supplements[0] “zinc”.ingredients", "stands there twice"),
        ('basis = "salt"', 'basis = "pure"', 12, "supplements[0] “zinc”.ingredients[0].basis", "“pure” is unknown"),
        ('"ingredients", "evidence"', '"evidence"', 16, "supplements[0] “zinc”.sources", "given for “ingredients”"),
        ('"A trial", read = "primary"', '"A trial", read = "own"', 16, "supplements[0] “zinc”.sources",
         "No source for “ingredients” was read"),
        ('evidence = "limited"', 'colour = "white"', 15, "supplements[0] “zinc”.colour", "There is no such key"),
        ('evidence = "none"', 'evidence = "none"\nallergens = ["dust"]', 25, "supplements[1] “fibre”.allergens",
         "“dust” is unknown here"),
        ('evidence = "none"', 'evidence = "none"\nfood = "with"', 26, "supplements[1] “fibre”.sources", "“meals”"),
        ('key = "fibre"', 'key = "zinc"', 19, "supplements[1] “zinc”.key", "stands there twice"),
        ('version = "2026-11"', 'version = "soon"', 3, "version", "An edition is a year and a month"),
    ],
)  # fmt: skip
def test_a_faulty_pack_is_refused_whole_with_its_line_and_place(
    load: Callable[[], LoadedSupplements], rewrite: Rewrite, old: str, new: str, line: int, place: str, sentence: str
) -> None:
    rewrite((old, new))
    with pytest.raises(PackError) as refused:
        load()
    told = [each for each in refused.value.problems if f", {place}: " in each]
    assert any(sentence in each for each in told), refused.value.problems
    assert any(each.startswith(f"supplements.toml, line {line}, ") for each in told), told
    assert not Supplement.objects.exists()
