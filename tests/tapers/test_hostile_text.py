"""Whatever somebody typed is printed as it stands, or said to be unprintable; it never runs, nor breaks a page."""

import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from clinics.domain.paper import Paper
from patients.models import Taper
from patients.services.documents import printable as printing
from patients.services.documents.printable import MISSING, as_plain, paragraphs, printable
from patients.services.documents.typesetting import folder, fonts, inputs
from patients.services.tapers.letter import letter_pdf
from patients.services.tapers.request_content import Party, RequestContent
from patients.services.tapers.request_page import request_content
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY

MARKUP = [
    '#import "@preview/cetz:0.2.2": *',
    '#panic("it ran")',
    '#read("/etc/passwd")',
    "*bold* _slanted_ $x^2$ `raw` <label> @reference",
    "= Heading",
    "\\ \\u{41} // comment /* comment */",
    "[#sys.inputs.data]",
    '"); #panic("it ran") //',
    "{{ settings.SECRET_KEY }} {% load x %}",
    "<script>alert(1)</script> &amp;",
]


@pytest.fixture
def content(draft_taper: Taper) -> RequestContent:
    return request_content(draft_taper.versions.get(), today=TODAY)


def letter_with(content: RequestContent, text: str) -> Pdf:
    """The letter with this text wherever people write any."""
    fact = replace(content.patient[0], words=text)
    return Pdf(
        letter_pdf(
            replace(
                content,
                title=f"Title {text}",
                sender=Party(name=text, lines=(text, text)),
                recipient=Party(name=text, lines=(text,)),
                patient=(fact, content.patient[-1]),
                reason=paragraphs(text) or (text,),
                indication=text,
                gates=(replace(content.gates[0], source=text), *content.gates[1:]),
                rescue=(text,),
                follow_up=(fact,),
            )
        )
    )


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_printed_and_never_run(content: RequestContent, text: str) -> None:
    letter = letter_with(content, text)
    assert letter.words.count(" ".join(text.split())) >= 5
    assert letter.is_tagged


@pytest.mark.parametrize(
    "text",
    ["x" * 10_000, "word " * 2_000, "é" * 300, "/" * 500, "a\u0301" * 400, "\n\n".join(["line"] * 300)],
)
def test_very_long_text_only_makes_the_letter_longer(content: RequestContent, text: str) -> None:
    letter = Pdf(letter_pdf(replace(content, reason=paragraphs(text))))
    assert len(letter.pages) >= 3
    characters = "".join(unicodedata.normalize("NFC", text).split())
    assert letter.words.replace(" ", "").count(characters[:1]) >= characters.count(characters[:1])
    assert all(content.signature.version_code in page.words for page in letter.pages)


@pytest.mark.parametrize("text", ["שלום רב", "مرحبا بكم", "Ελένη Παπαδοπούλου", "Иванова", "Nguyễn Thị Ánh", "Łódź"])
def test_other_scripts_are_printed(content: RequestContent, text: str) -> None:
    letter = letter_with(content, text)
    assert MISSING not in letter.words
    assert letter.is_tagged


def test_what_no_font_has_is_printed_as_a_sign_that_says_so(content: RequestContent) -> None:
    letter = letter_with(content, "王秀英 🌿 ok")
    assert f"{MISSING * 3} {MISSING} ok" in letter.words
    assert letter.is_tagged


def test_invisible_characters_do_not_turn_the_line_around() -> None:
    assert printable("take \u202e01 mg\u202c\u2066\u200f\ufeff now") == "take 01\u00a0mg now"
    assert printable("so\u00adft\u200b \u0000\u0007\x1b[31mred") == "soft [31mred"
    assert printable("one\ttwo\r\nthree\u2028four\u3000five") == "one two three four five"


def test_nobodys_words_look_like_a_ticked_box() -> None:
    assert printable("☑ ☒ ☐ ✓ ✗ ■ □ I agree") == " ".join([MISSING] * 7) + " I agree"


def test_a_number_is_never_parted_from_its_unit() -> None:
    assert printable("½ × 20 mg, 2.5 mL and 3 mgs") == "½\u00a0×\u00a020\u00a0mg, 2.5\u00a0mL and 3 mgs"


def test_only_what_has_words_is_printed() -> None:
    assert as_plain((date(2027, 1, 4), None, 3, True, "x")) == ["4 January 2027", None, 3, True, "x"]
    for value in (NOON, 1.5, Decimal(1), object()):
        with pytest.raises(TypeError):
            as_plain(value)


PROBE = b"""
#let d = json(bytes(sys.inputs.data))
#set document(title: "t")
#set text(lang: "en")
#for s in d.s { s; [ ]; strong(s); [ ]; emph(s); parbreak() }
"""


def shows(texts: list[str]) -> bytes:
    content = typst.compile(
        PROBE, font_paths=fonts(), sys_inputs=inputs({"s": texts}, paper=Paper.A4), pdf_standards=["ua-1"]
    )
    assert isinstance(content, bytes)
    return content


def test_the_fonts_have_every_character_that_is_let_through() -> None:
    every = [chr(number) for first, last in printing._SHOWN for number in range(first, last + 1)]
    let_through = [character for character in every if printable(character) == character]
    assert len(let_through) > 2_500
    shows(let_through)


def test_the_check_itself_would_see_a_missing_one() -> None:
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        shows(["王"])


@given(st.text(max_size=60))
def test_any_text_can_be_printed(text: str) -> None:
    shows([printable(text)])


def test_templates_reach_nothing_but_each_other() -> None:
    for template in folder().glob("*.typ"):
        source = template.read_text(encoding="utf-8")
        assert "@preview" not in source
        assert "read(" not in source.replace("json(bytes(", "")
        assert not Path(template).is_symlink()
    with pytest.raises(typst.TypstError, match="would escape the project root"):
        typst.compile(b'#read("/../../manage.py")', root=folder(), font_paths=fonts())
