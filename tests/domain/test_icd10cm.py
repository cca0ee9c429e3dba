"""Looking up codes in a small table of them: the rules, apart from the release."""

import pytest

from protocols.domain.icd10cm import CodeError, CodeSet, NotACode, NotALeaf, NotInRelease, written

SMALL = CodeSet(
    "\n".join(
        [
            "ICD-10-CM\t2026-04-01",
            "E16\tOther disorders of pancreatic internal secretion",
            "E16.4\tIncreased secretion of gastrin\tHypergastrinemia | Zollinger-Ellison syndrome",
            "I10\tEssential (primary) hypertension",
            "K20\tEsophagitis",
            "K20.0\tEosinophilic esophagitis",
            "K21\tGastro-esophageal reflux disease",
            "K21.0\tGastro-esophageal reflux disease with esophagitis",
            "K21.00\tGastro-esophageal reflux disease with esophagitis, without bleeding\tReflux esophagitis",
            "K21.01\tGastro-esophageal reflux disease with esophagitis, with bleeding",
            "K21.9\tGastro-esophageal reflux disease without esophagitis",
            "M35\tOther systemic involvement of connective tissue",
            "M35.0\tSjögren syndrome",
            "M35.00\tSjögren syndrome, unspecified",
            "T78\tAdverse effects, not elsewhere classified",
            "T78.1\tOther adverse food reactions, not elsewhere classified",
            "T78.19\tOther adverse food reactions, not elsewhere classified",
            "T78.19XA\tOther adverse food reactions, initial encounter",
            "T78.19XD\tOther adverse food reactions, subsequent encounter",
            "",
        ]
    ).encode()
)


def sentence(text: str) -> str:
    with pytest.raises(CodeError) as refusal:
        SMALL.leaf(text)
    return str(refusal.value)


@pytest.mark.parametrize("text", ["K21.00", "k21.00", "K2100", " k 2100 ", "K.21.00"])
def test_a_code_is_found_however_it_is_typed(text: str) -> None:
    assert SMALL.leaf(text).code == "K21.00"


@pytest.mark.parametrize("code", ["E16.4", "I10", "K20.0", "K21.01", "K21.9", "T78.19XD"])
def test_every_leaf_is_found_also_the_first_and_the_last(code: str) -> None:
    assert SMALL.leaf(code).code == code


def test_a_leaf_knows_its_title_and_its_other_names() -> None:
    found = SMALL.leaf("E16.4")
    assert found.title == "Increased secretion of gastrin"
    assert found.includes == ("Hypergastrinemia", "Zollinger-Ellison syndrome")
    assert SMALL.leaf("I10").includes == ()


def test_a_code_with_others_beneath_it_is_no_leaf() -> None:
    with pytest.raises(NotALeaf) as refusal:
        SMALL.leaf("K21.0")
    assert str(refusal.value) == "K21.0 is not a leaf: choose K21.00 or K21.01."
    assert refusal.value.leaves == ["K21.00", "K21.01"]
    assert sentence("K21") == "K21 is not a leaf: choose K21.00, K21.01 or K21.9."
    assert sentence("E16") == "E16 is not a leaf: choose E16.4."


def test_a_code_that_is_not_in_the_release_is_told_the_nearest_ones() -> None:
    with pytest.raises(NotInRelease):
        SMALL.leaf("T78.1XXA")
    assert sentence("T78.1XXA") == (
        "T78.1XXA is not in the April 2026 release of ICD-10-CM: it never was, or it was retired. "
        "The nearest: T78.19XA."
    )
    assert sentence("I10.1").endswith("The nearest: I10.")
    assert sentence("Z99.9").endswith("Search by words instead.")
    assert sentence("A00").endswith("Search by words instead.")


@pytest.mark.parametrize("text", ["", " ", "K2", "reflux", "21.0", "K21.00000", "K21-0", "KK1", "K21\n.0;DROP", "é21"])
def test_what_is_no_code_is_told_what_one_looks_like(text: str) -> None:
    with pytest.raises(NotACode, match=r"as in K21\.00"):
        SMALL.leaf(text)


def test_many_leaves_are_named_by_example() -> None:
    rows = [f"L40.{digit}\tOther psoriasis" for digit in range(9)]
    many = CodeSet("\n".join(["ICD-10-CM\t2026-04-01", "L40\tPsoriasis", *rows, ""]).encode())
    with pytest.raises(NotALeaf, match=r"choose one of 9 codes, such as L40\.0, L40\.1, L40\.2, L40\.3\."):
        many.leaf("L40")


def test_the_release_date_is_read_and_said() -> None:
    assert SMALL.release.isoformat() == "2026-04-01"
    assert SMALL.release_words == "the April 2026 release of ICD-10-CM"
    with pytest.raises(ValueError, match="names no release"):
        CodeSet(b"K21.0\tSomething\n")


def codes(words: str, limit: int = 10) -> list[str]:
    return [row.code for row in SMALL.search(words, limit=limit)]


def test_words_find_leaves_alone() -> None:
    assert codes("reflux") == ["K21.9", "K21.01", "K21.00"]
    assert codes("reflux", limit=1) == ["K21.9"]
    assert codes("REFLUX without") == ["K21.9", "K21.00"]
    assert codes("adverse initial") == ["T78.19XA"]


def test_words_find_other_names_after_titles() -> None:
    assert codes("zollinger") == ["E16.4"]
    # “Reflux esophagitis” is another name of one of them; the titles of all have both words.
    assert codes("reflux esophagitis") == ["K21.9", "K21.01", "K21.00"]


def test_words_are_found_in_british_spelling_without_accents_and_abbreviated() -> None:
    assert codes("oesophagitis eosinophilic") == ["K20.0"]
    assert codes("sjogren") == ["M35.00"]
    assert codes("Sjögren") == ["M35.00"]
    assert codes("GERD without") == ["K21.9", "K21.00"]
    assert codes("EoE") == ["K20.0"]


def test_words_are_found_from_their_beginning() -> None:
    assert codes("esoph") == ["K20.0", "K21.9", "K21.01", "K21.00"]
    assert codes("phagitis") == []


def test_a_code_is_found_like_a_word() -> None:
    assert codes("k21.0") == ["K21.01", "K21.00"]


@pytest.mark.parametrize("words", ["", "  ", ",", "e", "1 2", "gastrin zebra", "(", "\t", "\n"])
def test_nothing_to_go_by_finds_nothing(words: str) -> None:
    assert codes(words) == []


def test_signs_of_the_table_itself_find_nothing() -> None:
    assert codes("2026-04") == []
    assert codes("e16.4\tincreased") == ["E16.4"]


def test_written_puts_the_dot_where_it_belongs() -> None:
    assert written("i10") == "I10"
    assert written("t7819xa") == "T78.19XA"
    assert written("qa00101") == "QA0.0101"
