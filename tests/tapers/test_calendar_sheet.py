"""The printable calendar: each day with its dose or with none, holds and changes said, four weeks on a page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinics.actor import Actor
from clinics.domain.paper import Paper
from patients.actor import acting_patient
from patients.models import Patient, Plan, Taper, TaperEnd, UseKind
from patients.services.tapers import holding, revising, stopping, using
from patients.services.tapers.calendar_sheet import (
    CalendarSheet,
    Cell,
    NothingToPrint,
    calendar_file_name,
    calendar_pdf,
    calendar_sheet,
)
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose
from protocols.domain.amount import Amount
from protocols.domain.slots import Slot
from protocols.domain.taper_states import VersionStatus
from protocols.models.catalogue import CONSULT
from tests.fixtures.pdf_reading import Pdf
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, on_day


def cells_of(sheet: CalendarSheet) -> dict[date, Cell]:
    """Every cell by its date, counted from each page’s Monday."""
    found = {}
    for page in sheet.pages:
        cells = [cell for week in page.weeks for cell in week]
        assert page.first.weekday() == 0
        assert len(cells) == 28
        found |= {page.first + timedelta(days=number): cell for number, cell in enumerate(cells)}
    return found


def day(number: int) -> date:
    """The taper’s day `number`; 1 is FIRST_DAY."""
    return FIRST_DAY + timedelta(days=number - 1)


def notes_of(sheet: CalendarSheet) -> dict[date, tuple[str, ...]]:
    return {on: cell.notes for on, cell in cells_of(sheet).items() if cell.notes}


def test_each_day_says_what_to_take_or_that_there_is_nothing(taper: Taper) -> None:
    cells = cells_of(calendar_sheet(taper, today=TODAY))
    assert len(cells) == 112
    assert [(dose.slot, dose.words) for dose in cells[day(1)].doses] == [("before breakfast", "one capsule of 20 mg")]
    assert [(cell.said, len(cell.doses)) for cell in (cells[day(57)], cells[day(58)], cells[day(59)])] == [
        ("", 1),
        ("No dose today", 0),
        ("", 1),
    ]
    assert [on.weekday() for on in map(day, range(85, 113)) if cells[on].doses] == [0, 3] * 4


def test_changes_and_the_last_dose_stand_on_their_days(taper: Taper) -> None:
    assert notes_of(calendar_sheet(taper, today=TODAY)) == {
        day(1): ("Step 1 begins",),
        day(29): ("Step 2 begins",),
        day(57): ("Step 3 begins",),
        day(85): ("Step 4 begins",),
        day(109): ("The last dose",),
    }


def test_it_may_begin_with_the_week_of_any_day(taper: Taper) -> None:
    sheet = calendar_sheet(taper, today=TODAY, since=day(40))
    assert sheet.pages[0].first == day(36)
    assert len(sheet.pages) == 3
    assert cells_of(sheet)[day(113)].said == "No dose any more"
    with pytest.raises(NothingToPrint):
        calendar_sheet(taper, today=TODAY, since=day(113))


def test_a_first_day_within_a_week_leaves_the_days_before_it_open(
    sent_taper: Taper, sign_taper: Callable[..., Taper]
) -> None:
    signed = sign_taper(sent_taper, at=NOON + timedelta(days=9))
    cells = cells_of(calendar_sheet(signed, today=TODAY))
    assert [(cells[on].said, len(cells[on].doses)) for on in (date(2027, 1, 13), date(2027, 1, 14))] == [
        ("not begun yet", 0),
        ("", 1),
    ]


def test_held_days_keep_the_dose_and_are_marked(taper: Taper, by: Actor) -> None:
    holding.hold(taper, reason="Travelling", by=by, at=on_day(30), revision=taper.revision)
    held = Taper.objects.get(pk=taper.pk)
    sheet = calendar_sheet(held, today=day(30))
    assert "It is on hold" in sheet.standing[0]
    assert sheet.standing[1] == "The steps after this one have no dates yet."
    notes = notes_of(sheet)
    assert {day(number) for number in range(30, 58)} <= {on for on, said in notes.items() if "On hold" in said}
    holding.resume(held, by=by, at=on_day(37), revision=held.revision)
    sheet = calendar_sheet(Taper.objects.get(pk=taper.pk), today=day(37))
    assert sheet.standing == ()
    assert [on for on, said in notes_of(sheet).items() if "On hold" in said] == [day(n) for n in range(30, 37)]
    assert notes_of(sheet)[day(64)] == ("Step 3 begins",)
    assert len(sheet.pages) == 5


def test_it_names_the_version_that_was_signed(taper: Taper) -> None:
    version = taper.versions.get()
    assert calendar_sheet(taper, today=TODAY).signed == (
        f"From 11 January 2027 on as signed by Dr Price on 4 January 2027, version 1 ({version.code}).",
    )


def test_a_new_version_stands_beside_the_one_before(
    taper: Taper, angela: Patient, by: Actor, sign_taper: Callable[..., Taper]
) -> None:
    using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(1))
    taper.refresh_from_db()
    version = revising.draw_up_revision(
        taper,
        revising.Extension(7),
        first_day=day(12),
        reason="Symptoms came back.",
        by=by,
        at=on_day(10),
        on_screen=taper.revision,
    )
    taper.refresh_from_db()
    propose(taper, shown=version.sha256, by=by, at=on_day(10), revision=taper.revision)
    signed = sign_taper(Taper.objects.get(pk=taper.pk), at=on_day(11))
    sheet = calendar_sheet(signed, today=day(11))
    assert [said.partition(" on as")[0] for said in sheet.signed] == ["From 11 January 2027", "From 22 January 2027"]
    # Seven days longer at the same dose: no change on the day on which the new version began.
    assert notes_of(sheet) == {
        day(1): ("Step 1 begins",),
        day(36): ("Step 2 begins",),
        day(64): ("Step 3 begins",),
        day(92): ("Step 4 begins",),
        day(116): ("The last dose",),
    }


def test_what_staff_wrote_is_not_said_by_the_prescriber(taper: Taper, by: Actor) -> None:
    stopping.stop(taper, end=TaperEnd.SYMPTOMS, instruction="Call us.", by=by, at=on_day(10), revision=taper.revision)
    sheet = calendar_sheet(Taper.objects.get(pk=taper.pk), today=day(10))
    assert sheet.standing[:2] == ("It ended on 20 January 2027.", "Your clinic says: Call us.")


def test_a_taper_that_ended_says_so_with_the_prescribers_words(taper: Taper, by: Actor, price: Actor) -> None:
    stopping.revoke(taper, instruction="Stay on 20 mg.", by=price, at=on_day(10))
    ended = Taper.objects.get(pk=taper.pk)
    sheet = calendar_sheet(ended, today=day(10))
    assert sheet.standing[:2] == ("It ended on 20 January 2027.", "Dr Price says: Stay on 20 mg.")
    cells = cells_of(sheet)
    assert (cells[day(9)].said, len(cells[day(9)].doses), cells[day(9)].notes) == ("", 1, ())
    # Not “no dose any more”: the prescriber wants her to go on.
    assert {(cell.said, cell.doses) for on, cell in cells.items() if on >= day(10)} == {("ended", ())}


def test_before_a_signature_there_is_nothing_to_print(sent_taper: Taper) -> None:
    with pytest.raises(NothingToPrint):
        calendar_sheet(sent_taper, today=TODAY)


@pytest.mark.parametrize("paper", list(Paper))
def test_the_pdf_has_one_page_for_every_four_weeks(taper: Taper, paper: Paper) -> None:
    pdf = Pdf(calendar_pdf(calendar_sheet(taper, today=TODAY), paper=paper))
    assert len(pdf.pages) == 4
    assert pdf.is_tagged
    assert min(size for page in pdf.pages for size in page.sizes) >= 10
    assert {shade for page in pdf.pages for shade in page.shades} == {"0"}
    assert [page.words.count("☐ one capsule of 20 mg") for page in pdf.pages] == [28, 0, 0, 0]
    assert [page.words.count("☐ one capsule of 10 mg") for page in pdf.pages] == [0, 28, 14, 8]
    assert [page.words.count("No dose today") for page in pdf.pages] == [0, 0, 14, 20]
    assert all(CONSULT in page.words for page in pdf.pages)
    assert all(page.words.count(" Monday Tuesday Wednesday") == 1 for page in pdf.pages)


def test_title_and_file_name_tell_nobody_anything(taper: Taper, angela: Patient) -> None:
    sheet = calendar_sheet(taper, today=TODAY)
    pdf = Pdf(calendar_pdf(sheet))
    assert pdf.title == sheet.title == "Your calendar"
    assert calendar_file_name(sheet) == f"calendar-{angela.code}.pdf"
    assert all("Angela" not in page.words for page in pdf.pages)


def test_four_times_a_day_still_fit(
    plan: Plan, angelas_draft: Draft, by: Actor, sign_taper: Callable[..., Taper]
) -> None:
    slots = [Slot.BEFORE_BREAKFAST, Slot.BEFORE_LUNCH, Slot.BEFORE_DINNER, Slot.BEDTIME]
    draft = replace(
        angelas_draft,
        start=tuple((slot, Amount.parse("40 mg")) for slot in slots),
        recipe={"method": "strength_ladder", "days_per_step": 7, "floor": "70 mg"},
    )
    taper = save_draft(plan, draft, by=by, at=NOON)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    assert taper.versions.get().status == VersionStatus.PROPOSED.value
    sheet = calendar_sheet(sign_taper(Taper.objects.get(pk=taper.pk)), today=TODAY)
    pdf = Pdf(calendar_pdf(sheet))
    assert pdf.words.count("before lunch:") == sum(
        1 for cell in cells_of(sheet).values() for dose in cell.doses if dose.slot == "before lunch"
    )
    assert len(pdf.pages) == len(sheet.pages)
