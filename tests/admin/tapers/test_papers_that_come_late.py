"""A paper that comes back once the planned first day has come: when it begins, and who signed when."""

from collections.abc import Callable
from datetime import date

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clinics.models import User
from patients.models import Taper
from tests.admin.conftest import text_of
from tests.admin.tapers.conftest import filled_in, taper_address
from tests.fixtures.tapers import on_day


def test_whoever_files_it_reads_when_it_begins(
    sign_in: Callable[[User], Client], dr_cho: User, sent_taper: Taper, clock: time_machine.Traveller
) -> None:
    def said(number: int) -> str:
        clock.move_to(on_day(number))
        return text_of(sign_in(dr_cho).get(taper_address(sent_taper, "paper")))

    # Planned for 11 January, at the latest 28 days later.
    assert "every date moves with it" not in said(0)
    assert "The planned first day has come." in said(1)
    assert "it begins on 12 January 2027, and every date moves with it" in said(1)
    assert "it begins on 8 February 2027, and every date moves with it" in said(28)
    assert "Day one would come after the latest first day, 8 February 2027: an agreement no longer counts." in said(29)


def test_the_record_tells_the_day_of_the_paper_from_the_day_of_filing(
    sign_in: Callable[[User], Client], dr_cho: User, sent_taper: Taper, clock: time_machine.Traveller
) -> None:
    clock.move_to(on_day(4))
    client, address = sign_in(dr_cho), taper_address(sent_taper, "paper")
    typed = {
        "kind": "agree",
        "door": "fax-or-letter",
        "version_code": sent_taper.versions.get().code,
        "answered_on": "2027-01-12",
        "scan": SimpleUploadedFile("fax.pdf", b"%PDF-1.7\nA scan of a page."),
    }
    client.post(address, filled_in(client.get(address)) | typed)
    words = text_of(client.get(taper_address(sent_taper)))
    assert "Signed by Dr Price on 12 January 2027 (fax or letter), recorded on 14 January 2027. On paper that" in words
    assert sent_taper.versions.get().first_day == date(2027, 1, 15)
