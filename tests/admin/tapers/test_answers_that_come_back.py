"""What comes back on paper or by telephone is written down by staff, who compare the version code."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinics.actor import Actor, NotAllowed, staff_in
from clinics.models import Clinic, Prescriber, User
from patients.admin.tapers.answer_forms import ScanField
from patients.models import (
    ContactConsent,
    Door,
    Plan,
    PrescriberAnswer,
    PrescriberAnswerKind,
    Scan,
    Signature,
    SigningRequest,
    Taper,
    WrittenConfirmation,
)
from patients.models.taper_course import course_of
from patients.services.tapers import filing
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.filing import LARGEST_SCAN, Reply, same_code
from patients.services.tapers.requesting import propose, send
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import FIRST_DAY, NO_STOPS

PDF = b"%PDF-1.7\nA scan of a page."
Answer = Callable[..., Any]


def scan(content: bytes = PDF, name: str = "fax.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


@pytest.fixture
def file_paper() -> Answer:
    """Fill in the page for papers and send it: file_paper(client, taper, kind="agree", …)."""

    def make(client: Client, taper: Taper, *, page: str = "paper", **typed: Any) -> Any:
        address = taper_address(taper, page)
        opened = client.get(address)
        assert opened.status_code == 200, opened
        version = taper.versions.get(status="proposed")
        usual = {"kind": "agree", "version_code": version.code}
        usual |= {"scan": scan(), "door": "fax-or-letter"} if page == "paper" else {"is_read_back": "on"}
        return client.post(address, filled_in(opened) | usual | typed)

    return make


def test_a_fax_that_came_back_signs_the_version_on_it(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    answer = file_paper(cho, sent_taper, text="Fine with me.")
    assert answer["Location"] == taper_address(sent_taper)
    sent_taper.refresh_from_db()
    assert sent_taper.status == "active"
    signature = Signature.objects.get()
    assert (signature.door, signature.answer.by_kind) == ("fax-or-letter", "staff")
    assert signature.answer.scan is not None
    assert bytes(signature.answer.scan.content) == PDF
    words = text_of(cho.get(taper_address(sent_taper)))
    assert "Begins on 11 January with 20 mg before breakfast" in words
    assert "I agree version 1, fax or letter “Fine with me.”" in words


def test_the_paper_that_she_carried_is_one_too(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    file_paper(cho, sent_taper, door="carried", scan=scan(b"\x89PNG\r\n\x1a\nrest", "photo.png"))
    assert Signature.objects.get().door == "carried"
    assert Scan.objects.get().media_type == "image/png"


def test_an_assistant_files_every_answer_but_the_one_that_puts_it_in_force(
    assistant: Client, sent_taper: Taper, file_paper: Answer, clinic: Clinic, assistant_1: User
) -> None:
    page = file_paper(assistant, sent_taper)
    assert "a practitioner of this clinic files it: hand such a paper on." in text_of(page)
    assert "Select a valid choice." in text_of(page)
    version = sent_taper.versions.get()
    reply = Reply(kind=PrescriberAnswerKind.AGREE, version_code=version.code, answered_on=NOON.date())
    with pytest.raises(NotAllowed):
        filing.file_paper(
            sent_taper,
            reply,
            door=Door.CARRIED,
            content=PDF,
            version_sha256=version.sha256,
            by=staff_in(clinic, assistant_1),
            at=NOON,
        )
    assert (Signature.objects.count(), Scan.objects.count()) == (0, 0)
    file_paper(assistant, sent_taper, kind="decline", text="Not now.")
    assert PrescriberAnswer.objects.get().kind == "decline"


def test_whoever_drew_it_up_files_the_answer_and_the_record_says_so(
    cho: Client, sent_taper: Taper, file_paper: Answer
) -> None:
    file_paper(cho, sent_taper)
    assert Signature.objects.get().means.endswith("Filed by whoever drew it up.")


def test_sent_twice_it_is_one_answer_and_one_scan(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    for _ in range(2):
        file_paper(cho, sent_taper, kind="call-me", text="After five.")
    assert (PrescriberAnswer.objects.count(), Scan.objects.count()) == (1, 1)
    for _ in range(2):
        file_paper(cho, sent_taper, page="call", kind="call-me", text="After five.")
    assert PrescriberAnswer.objects.count() == 2, "by telephone it was said as well"
    file_paper(cho, sent_taper, kind="call-me", text="After six.")
    assert (PrescriberAnswer.objects.count(), Scan.objects.count()) == (3, 1)


def test_a_signature_for_another_version_counts_for_none(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    """The code of a version that was taken back stands on the page."""
    old = sent_taper.versions.get().code
    cho.post(taper_address(sent_taper, "withdraw"), filled_in(cho.get(taper_address(sent_taper, "withdraw"))))
    send = taper_address(sent_taper, "send")
    cho.post(send, filled_in(cho.get(send)) | {"door": "fax-or-letter"})
    refused = file_paper(cho, sent_taper, version_code=old)
    assert "This code is not that of the version that waits." in text_of(refused)
    assert (Scan.objects.count(), Signature.objects.count(), PrescriberAnswer.objects.count()) == (0, 0, 0)


def test_a_version_that_was_replaced_while_the_page_was_open_is_not_signed(cho: Client, sent_taper: Taper) -> None:
    page = filled_in(cho.get(taper_address(sent_taper, "paper")))
    cho.post(taper_address(sent_taper, "withdraw"), filled_in(cho.get(taper_address(sent_taper, "withdraw"))))
    send = taper_address(sent_taper, "send")
    cho.post(send, filled_in(cho.get(send)) | {"door": "fax-or-letter"})
    new = sent_taper.versions.get(status="proposed")
    sent = page | {"kind": "agree", "version_code": new.code, "scan": scan(), "door": "carried"}
    assert "This is not the version that waits for an answer." in text_of(
        cho.post(taper_address(sent_taper, "paper"), sent)
    )
    assert Signature.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (b"GIF89a picture", "This is no PDF, PNG or JPEG."),
        (b"<html>%PDF-</html>", "This is no PDF, PNG or JPEG."),
        (b"%PDF-" + b"0" * LARGEST_SCAN, "This file is larger than 10 MB."),
    ],
)
def test_a_file_is_taken_for_what_it_is(
    cho: Client, sent_taper: Taper, file_paper: Answer, content: bytes, sentence: str
) -> None:
    assert sentence in text_of(file_paper(cho, sent_taper, scan=scan(content)))
    assert (Scan.objects.count(), PrescriberAnswer.objects.count()) == (0, 0)


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    class Unread(UploadedFile):
        def read(self, *args: Any) -> bytes:
            raise AssertionError("It was read into memory.")

    with pytest.raises(ValidationError, match="This file is larger than 10 MB"):
        ScanField().clean(Unread(name="fax.pdf", size=LARGEST_SCAN + 1))


def test_without_a_paper_nothing_is_filed(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    assert "This field is required." in text_of(file_paper(cho, sent_taper, scan=""))
    assert PrescriberAnswer.objects.count() == 0


def test_an_answer_of_tomorrow_is_refused_at_its_field(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    assert "The answer is of a day that has not come yet." in text_of(
        file_paper(cho, sent_taper, answered_on="2027-01-05")
    )
    assert Scan.objects.count() == 0


def test_a_refusal_on_paper_ends_what_never_began(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    file_paper(cho, sent_taper, kind="decline", text="Not now.")
    sent_taper.refresh_from_db()
    assert (sent_taper.status, sent_taper.end) == ("stopped", "no-agreement")
    assert "Stopped on 4 January · No taper was agreed" in text_of(cho.get(taper_address(sent_taper)))


def test_edits_without_words_are_asked_for(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    assert "Say what is to be changed." in text_of(file_paper(cho, sent_taper, kind="agree-with-edits"))
    assert Scan.objects.count() == 0
    file_paper(cho, sent_taper, kind="agree-with-edits", text="Begin with 30 mg.")
    sent_taper.refresh_from_db()
    assert sent_taper.status == "draft"


def test_what_was_asked_is_written_down_with_the_agreement(
    cho: Client,
    plan: Plan,
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    consent: ContactConsent,
    by: Actor,
    file_paper: Answer,
) -> None:
    answers = tuple(answer for answer in NO_STOPS if answer.gate not in {"G1", "G7"})
    draft = replace(angelas_draft, answers=answers, indication="", indication_code="")
    taper = save_draft(plan, draft, by=by, at=NOON)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    taper.refresh_from_db()
    send(taper, door=Door.FAX_OR_LETTER, by=by, at=NOON, revision=taper.revision)
    unanswered = file_paper(cho, taper, indication="Heartburn")
    assert "These must be answered first:" in text_of(unanswered)
    no_reason = file_paper(cho, taper, G1="yes", G7="no", indication="Heartburn")
    assert "These forbid it as they stand: Does the patient have Barrett’s oesophagus" in text_of(no_reason)
    assert "Say what this medicine was prescribed for." in text_of(file_paper(cho, taper, G1="no", G7="no"))
    assert Scan.objects.count() == 0
    filed = {"G1": "yes", "G1-lift": "Short segment, seen every year.", "G7": "no", "indication": "Heartburn"}
    file_paper(cho, taper, **filed, indication_code="r12")
    terms = Signature.objects.get().terms()
    gates = {answer.gate: answer for answer in terms.gates}
    assert gates["G1"].lifted_because == "Short segment, seen every year."
    assert gates["G7"].source == "Answered by the prescriber"
    assert (terms.indication, terms.indication_code) == ("Heartburn", "R12")


# --- The scan -----------------------------------------------------------------------------------------------


def test_a_scan_is_for_the_staff_of_that_clinic_alone(
    cho: Client, dee: Client, sent_taper: Taper, file_paper: Answer, sign_in: Callable[..., Client]
) -> None:
    file_paper(cho, sent_taper)
    address = taper_address(sent_taper, "scan", Scan.objects.get().code)
    kept = cho.get(address)
    assert kept.content == PDF
    assert kept["Content-Type"] == "application/pdf"
    assert kept["Content-Disposition"].startswith("attachment; ")
    assert kept["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in kept["Cache-Control"]
    assert dee.get(address).status_code == 404
    assert sent_taper.plan.patient.user is not None
    assert sign_in(sent_taper.plan.patient.user).get(address, follow=True).status_code == 403
    assert cho.get(taper_address(sent_taper, "scan", "0000000000")).status_code == 404


def test_the_page_of_a_taper_reads_no_paper(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    """It says where a scan is opened: ten megabytes of it are read when somebody opens it."""
    file_paper(cho, sent_taper)
    code = Scan.objects.get().code
    with CaptureQueriesContext(connection) as queries:
        assert code in cho.get(taper_address(sent_taper)).content.decode()
    (read,) = [query["sql"] for query in queries if 'FROM "patients_scan"' in query["sql"]]
    assert '"patients_scan"."content"' not in read


def test_a_scan_of_another_taper_does_not_stand_under_this_one(
    cho: Client, sent_taper: Taper, file_paper: Answer, plan: Plan
) -> None:
    file_paper(cho, sent_taper)
    code = Scan.objects.get().code
    other = Taper.objects.get(pk=sent_taper.pk)
    other.pk, other.code, other.status = None, "0123456789", "stopped"
    other._state.adding = True
    other.save()
    assert cho.get(taper_address(other, "scan", code)).status_code == 404


# --- The telephone ------------------------------------------------------------------------------------------


def test_a_call_is_read_back_and_confirmed_in_writing(
    cho: Client, sent_taper: Taper, file_paper: Answer, clock: time_machine.Traveller
) -> None:
    refused = file_paper(cho, sent_taper, page="call", is_read_back="")
    assert "Read the version code and every step back to the prescriber, and tick it." in text_of(refused)
    assert Signature.objects.count() == 0
    file_paper(cho, sent_taper, page="call")
    signature = Signature.objects.get()
    assert (signature.door, signature.written_due_on.isoformat()) == ("telephone", "2027-01-11")  # type: ignore[union-attr]
    page = cho.get(taper_address(sent_taper))
    assert "Agreed by telephone: the written confirmation is due by 11 January 2027." in text_of(page)
    address = taper_address(sent_taper, "confirmation")
    assert address in page.content.decode()
    clock.move_to(NOON + timedelta(days=2))
    form = filled_in(cho.get(address)) | {"scan": scan(b"\xff\xd8\xff\xe0 photo")}
    assert "This code is not that of the version" in text_of(cho.post(address, form | {"version_code": "7777777777"}))
    assert Scan.objects.count() == 0
    code = signature.version.code
    spelled = f"{code[:5].lower()} {code[5:]}"
    answer = cho.post(address, form | {"version_code": spelled, "scan": scan(b"\xff\xd8\xff\xe0 photo")})
    assert answer["Location"] == taper_address(sent_taper)
    assert WrittenConfirmation.objects.get().received_on.isoformat() == "2027-01-06"
    words = text_of(cho.get(taper_address(sent_taper)))
    assert "Agreed by telephone; confirmed in writing on 6 January 2027." in words
    assert course_of(Taper.objects.get(pk=sent_taper.pk)).first_day == FIRST_DAY


def test_an_assistant_writes_no_call_down(assistant: Client, sent_taper: Taper) -> None:
    assert assistant.get(taper_address(sent_taper, "call")).status_code == 403


def test_please_call_me_leaves_it_open(cho: Client, sent_taper: Taper, file_paper: Answer) -> None:
    file_paper(cho, sent_taper, kind="call-me", text="After five.")
    assert SigningRequest.objects.get().is_open
    assert "Please call me" in text_of(cho.get(taper_address(sent_taper)))


def test_while_nothing_waits_there_is_nothing_to_answer(cho: Client, taper: Taper) -> None:
    for name in ("paper", "call"):
        answer = cho.get(taper_address(taper, name), follow=True)
        assert "Nothing waits for a signature." in text_of(answer)


@pytest.mark.parametrize("typed", ["ABCD012345", "abcd0 12345", "ABCD-O1234-5", "abcdoi2345"])
def test_a_code_is_read_as_people_read_it(typed: str) -> None:
    assert same_code(typed, "ABCD012345")
    assert not same_code(typed + "6", "ABCD012345")
    assert not same_code("", "ABCD012345")
