"""A substance has one name, whatever people type; nothing similar is taken for it."""

import pytest

from protocols.domain.substances import Basis, Group, Substance, SubstanceError, Substances, spelling
from tests.domain.nutrition import KNOWN


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Motrin", "ibuprofen"),
        ("  ADVIL ", "ibuprofen"),
        ("L glutamine", "glutamine"),
        ("l\u2011Glutamine", "glutamine"),  # a hyphen that does not break
        ("betaine-hcl", "betaine hydrochloride"),
        ("Betaine  Hydrochloride", "betaine hydrochloride"),
        ("vitamin D-3", "vitamin d"),
        ("Cholécalciférol", "vitamin d"),
        ("magnesium (oxide)", "magnesium oxide"),
        ("Magnesium (as magnesium glycinate)", "magnesium"),
        ("Magnesium [as oxide, (heavy)]", "magnesium"),
        ("ibuprofen (400 mg tablets", "ibuprofen"),
        (") Motrin (for pain)", "ibuprofen"),
    ],
)
def test_what_people_type_is_understood(typed: str, name: str) -> None:
    found = KNOWN.find(typed)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    "typed", ["ibuprofe", "ibuprofens", "magnesium oxid", "", "   ", "()", "(magnesium)x", "–", "magnesium oxide zinc"]
)
def test_nothing_similar_is_taken_for_it(typed: str) -> None:
    assert KNOWN.find(typed) is None


def test_words_in_brackets_that_belong_to_a_name_count() -> None:
    known = Substances(
        [
            Substance(name="vitamin a", nutrient="vitamin a", is_salt=False),
            Substance(name="beta-carotene", other_names=("vitamin A (as beta-carotene)",)),
        ]
    )
    names = {
        typed: found.name
        for typed in ["Vitamin A (as Beta Carotene)", "Vitamin A (retinol)"]
        if (found := known.find(typed))
    }
    assert names == {"Vitamin A (as Beta Carotene)": "beta-carotene", "Vitamin A (retinol)": "vitamin a"}


def test_a_named_salt_is_salt_and_a_bare_nutrient_is_itself() -> None:
    bases = {item.name: item.default_basis for item in KNOWN}
    assert bases["magnesium oxide"] is Basis.SALT
    assert bases["magnesium glycinate"] is Basis.SALT
    assert bases["magnesium"] is Basis.ELEMENTAL
    assert bases["glutamine"] is None


def test_groups_hold_their_members_and_those_of_the_groups_they_include() -> None:
    assert KNOWN.members("nsaid") == ("ibuprofen", "naproxen")
    assert KNOWN.members("bleeding") == ("warfarin", "ibuprofen", "naproxen")
    assert KNOWN.words_of("nsaid") == "anti-inflammatory medicines"
    assert KNOWN.groups == ("nsaid", "bleeding")
    motrin = KNOWN.find("Motrin")
    assert motrin is not None
    assert motrin.groups == {"nsaid", "bleeding"}


def test_a_member_that_is_not_known_otherwise_is_a_substance_by_its_name() -> None:
    found = KNOWN.find("NAPROXEN")
    assert found is not None
    assert (found.name, found.nutrient, found.groups) == ("naproxen", None, {"nsaid", "bleeding"})


def test_an_unknown_group_is_no_empty_one() -> None:
    assert not KNOWN.knows_group("statin")
    with pytest.raises(KeyError):
        KNOWN.members("statin")


def one(name: str, *others: str) -> Substance:
    return Substance(name=name, other_names=others)


@pytest.mark.parametrize(
    ("items", "groups", "place", "words"),
    [
        ([one("zinc"), one("zinc")], [], "substances[1].name", "stands there twice"),
        ([one("zinc", "Zn"), one("tin", "ZN")], [], "substances[1].other_names[0]", "already stands for zinc"),
        ([one("zinc"), one("z-inc")], [], "substances[1].name", "already stands for zinc"),
        ([one("zinc", "–")], [], "substances[0].other_names[0]", "has no letter"),
        ([], [Group(key="a"), Group(key="a")], "groups[1].key", "stands there twice"),
        ([], [Group(key="a", includes=("b",))], "groups[0].includes[0]", "no group “b”"),
        (
            [],
            [Group(key="a", includes=("b",)), Group(key="b", includes=("a",))],
            "groups[0].includes",
            "includes itself",
        ),
        ([], [Group(key="a", members=("zinc", "!"))], "groups[0].members[1]", "has no letter"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_place(
    items: list[Substance], groups: list[Group], place: str, words: str
) -> None:
    with pytest.raises(SubstanceError, match=words) as error:
        Substances(items, groups)
    assert error.value.place == place
    assert str(error.value).endswith(".")


def test_spelling_keeps_letters_and_digits_of_any_script() -> None:
    assert spelling("5-HTP") == spelling("5 htp") == "5htp"
    assert spelling("\u03b1-Galactosidase") == "\u03b1galactosidase"
