"""Every answer but yes: what it says, what becomes of the proposal, and that the medicine stays as it is."""

import pytest

from patients.models import PrescriberAnswer, Signature, SigningRequest, Taper
from tests.prescriber.visiting import Browser, said


@pytest.mark.parametrize(
    ("kind", "text", "label", "status", "end"),
    [
        ("decline", "She bled in 2019.", "I decline", "stopped", "no-agreement"),
        ("i-manage-it", "", "I manage it myself", "stopped", "prescriber-manages"),
        ("not-my-patient", "", "Not my patient", "draft", ""),
    ],
)
def test_an_answer_is_recorded_and_ends_the_request(
    opened: Browser, kind: str, text: str, label: str, status: str, end: str
) -> None:
    page = said(opened.answer(kind, text=text))
    assert f"Recorded: “{label}”. The clinic is told." in page
    assert f"On 4 January 2027, 12:00 you answered: {label} ." in page
    assert text in page
    taper = Taper.objects.get()
    assert (taper.status, taper.end) == (status, end)
    assert taper.versions.filter(status="in-force").count() == 0
    assert SigningRequest.objects.filter(closed_at__isnull=True).count() == 0
    given = PrescriberAnswer.objects.get()
    assert (given.kind, given.text, given.door, given.request) == (kind, text, "link", opened.request)
    assert (given.by_kind, given.by_code) == ("prescriber", given.prescriber.code)
    assert not Signature.objects.exists()


@pytest.mark.parametrize("text", ["", "   "])
def test_declining_wants_a_reason(opened: Browser, text: str) -> None:
    page = opened.answer("decline", text=text)
    assert "Say why, so that the clinic can tell the patient." in said(page)
    assert '<details class="answer" open>' in page.content.decode()
    assert not PrescriberAnswer.objects.exists()


def test_please_call_me_leaves_it_open(opened: Browser) -> None:
    page = said(opened.answer("call-me", text="030 99, mornings"))
    assert "you answered: Please call me. You may still answer otherwise." in page
    assert Taper.objects.get().status == "awaiting-signature"
    opened.sign(opened.agree())
    assert Taper.objects.get().status == "active"


def test_please_call_me_twice_in_the_same_words_is_said_once(opened: Browser) -> None:
    for _ in range(2):
        opened.answer("call-me", text="030 99, mornings")
    assert PrescriberAnswer.objects.count() == 1
    opened.answer("call-me", text="030 98")
    assert PrescriberAnswer.objects.count() == 2


def test_a_second_tap_records_nothing_more(opened: Browser) -> None:
    opened.answer("decline", text="No.")
    page = said(opened.answer("decline", text="No."))
    assert "This was answered already." in page
    assert PrescriberAnswer.objects.count() == 1


@pytest.mark.parametrize("kind", ["", "agree", "agree-with-edits", "hold", "revoke", "maybe"])
def test_what_is_no_answer_here_records_nothing(opened: Browser, kind: str) -> None:
    page = said(opened.answer(kind, text="Something."))
    assert "Choose one of the answers on the page. Nothing was recorded." in page
    assert not PrescriberAnswer.objects.exists()


def test_an_answer_to_another_version_is_refused(opened: Browser) -> None:
    page = said(opened.post("answer/", kind="decline", text="No.", version="0" * 64))
    assert "This is not the version that waits for your answer any more." in page
    assert not PrescriberAnswer.objects.exists()


def test_words_that_are_too_long_are_refused(opened: Browser) -> None:
    assert "at most 1000 characters" in said(opened.answer("decline", text="x" * 1001))
    assert not PrescriberAnswer.objects.exists()
