"""The letter to a prescriber as it lies on the fax: read back from the PDF itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clinics.actor import Actor
from clinics.domain.paper import Paper
from clinics.models import Clinic
from patients.models import Plan, Taper
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.letter import letter_file_name, letter_pdf
from patients.services.tapers.request_content import RequestContent, TakenLine
from patients.services.tapers.request_page import request_content
from protocols.domain.gate_answers import Answer
from protocols.models.catalogue import CONSULT
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import NO_STOPS

SMALLEST = 10.0


@pytest.fixture
def content(draft_taper: Taper) -> RequestContent:
    return request_content(draft_taper.versions.get(), today=TODAY)


@pytest.fixture
def asking(plan: Plan, angelas_draft: Draft, by: Actor) -> RequestContent:
    """Of a version whose gates and indication nobody knows."""
    known = tuple(answer for answer in NO_STOPS if answer.gate in {"G1", "A2"})
    draft = replace(angelas_draft, answers=known, indication="", indication_code="")
    return request_content(save_draft(plan, draft, by=by, at=NOON).versions.get(), today=TODAY)


@pytest.mark.parametrize("paper", list(Paper))
def test_every_page_bears_version_code_number_and_standing(content: RequestContent, paper: Paper) -> None:
    pages = Pdf(letter_pdf(replace(content, paper=paper))).pages
    assert len(pages) in {3, 4}
    for number, page in enumerate(pages, start=1):
        assert page.words.startswith(f"Version code {content.signature.version_code} NOT SIGNED")
        assert page.words.endswith(f"Page {number} of {len(pages)}")


def test_it_is_tagged_black_and_large_enough_for_a_fax(content: RequestContent) -> None:
    letter = Pdf(letter_pdf(content))
    assert letter.is_tagged
    assert letter.title == "Taper of Omeprazole, delayed-release capsule"
    assert min(size for page in letter.pages for size in page.sizes) >= SMALLEST
    assert {shade for page in letter.pages for shade in page.shades} == {"0"}


def test_it_says_everything_that_the_request_says(content: RequestContent) -> None:
    words = Pdf(letter_pdf(content)).words
    said = [
        content.standing,
        content.sender.name,
        content.recipient.name,
        *content.request,
        *content.reason,
        content.indication,
        *(gate.question for gate in content.gates),
        content.medicines_standing,
        *content.dates,
        *content.rescue,
        *(line.sentence for line in content.permissions),
        *content.alert,
        *content.revoke,
        *(f"{answer.label}. {answer.explanation}" for answer in content.answers),
        " ".join(content.signature.sha256),
        CONSULT,
    ]
    assert [sentence for sentence in said if sentence not in words] == []
    for line in content.prescriptions:
        assert line.text in words
    for fact in (*content.patient, *content.totals, *content.follow_up):
        assert f"{fact.label} {fact.words}" in words
    for step in content.steps:
        assert f"{step.doses[0].words} before breakfast ({step.doses[0].figures}) {step.pattern}:" in words


def test_what_is_unknown_is_asked_with_boxes_to_tick(asking: RequestContent) -> None:
    words = Pdf(letter_pdf(asking)).words
    assert "Indication. We do not know it: for what was it prescribed?" in words
    assert words.count("☐ yes ☐ no") == len(asking.asked) > 10
    assert "To go on nevertheless" not in words
    assert "Where you tick yes for a hard stop" in words
    assert words.count("☐ ") == 2 * len(asking.asked) + len(asking.answers)
    assert "Signature, name in capitals, number of the licence" in words


def test_a_yes_has_a_line_for_the_reason_to_go_on(plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    answers = tuple(replace(answer, answer=Answer.YES) if answer.gate == "G1" else answer for answer in NO_STOPS)
    taper = save_draft(plan, replace(angelas_draft, answers=answers), by=by, at=NOON)
    assert (
        "To go on nevertheless, write why:" in Pdf(letter_pdf(request_content(taper.versions.get(), today=TODAY))).words
    )


def test_it_says_where_it_is_sent_back_to(draft_taper: Taper, clinic: Clinic) -> None:
    clinic.fax, clinic.postal_address = "+49 30 99", "Linden 1\n10115 Berlin"
    clinic.save()
    taper = Taper.objects.get(pk=draft_taper.pk)
    words = Pdf(letter_pdf(request_content(taper.versions.get(), today=TODAY))).words
    assert "Send all pages back to Lindenhof practice, dr_cho, Linden 1, 10115 Berlin, Fax +49 30 99 ." in words


def test_signed_it_names_who_and_when_and_asks_for_nothing(taper: Taper) -> None:
    letter = Pdf(letter_pdf(request_content(taper.versions.get(), today=TODAY)))
    assert all(" Signed " in page.words and "NOT SIGNED" not in page.words for page in letter.pages)
    assert "Signed by Dr Price On 4 January 2027, 12:00 (Europe/Berlin)" in letter.words
    assert "☐" not in letter.words
    assert "Your answer" not in letter.words


def test_other_medicines_stand_in_it(content: RequestContent) -> None:
    ibuprofen = TakenLine(
        name="Ibuprofen",
        how="400 mg each time, as needed",
        since="1 December 2026",
        reason="not known",
        prescriber="bought without prescription",
        source="The patient says so",
    )
    words = Pdf(letter_pdf(replace(content, medicines=(ibuprofen,)))).words
    row = "Ibuprofen 400 mg each time, as needed 1 December 2026 not known bought without prescription"
    assert row in words


def test_the_same_content_gives_the_same_bytes(content: RequestContent) -> None:
    assert letter_pdf(content) == letter_pdf(content)
    assert letter_pdf(replace(content, written_on=TODAY + timedelta(days=1))) != letter_pdf(content)


def test_its_file_is_named_by_codes_alone(content: RequestContent) -> None:
    assert letter_file_name(content) == f"taper-{content.signature.version_code}.pdf"
