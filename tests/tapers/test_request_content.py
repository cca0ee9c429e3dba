"""What a prescriber reads about a version: complete, with what is unknown said to be, and asked where it must be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinics.actor import Actor
from clinics.models import Clinic
from patients.actor import acting_patient
from patients.models import (
    CharacteristicKind,
    Patient,
    Plan,
    ReviewAnswer,
    SourceKind,
    Taper,
    TaperVersion,
    UseKind,
)
from patients.services.record import add_characteristic, add_medicine, add_medicine_review
from patients.services.record_writing import Source
from patients.services.tapers import revising, using
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.request_content import Fact, RequestContent
from patients.services.tapers.request_page import request_content
from protocols.domain.amount import Amount
from protocols.domain.gate_answers import Answer
from protocols.domain.terms import TermsError
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import FIRST_DAY, NO_STOPS, on_day, with_permissions

SAID = Source(kind=SourceKind.PATIENT, as_of=TODAY, note="By telephone")


def content_of(taper: Taper) -> RequestContent:
    return request_content(taper.versions.get(), today=TODAY)


def words_of(facts: tuple[Fact, ...]) -> dict[str, str]:
    return {fact.label: fact.words for fact in facts}


def test_every_step_is_dated_as_if_begun_on_the_planned_first_day(draft_taper: Taper) -> None:
    content = content_of(draft_taper)
    rows = [(step.first, step.last, step.days, step.pattern, step.dose_days, step.total) for step in content.steps]
    assert rows == [
        (date(2027, 1, 11), date(2027, 2, 7), 28, "every day", 28, "560 mg"),
        (date(2027, 2, 8), date(2027, 3, 7), 28, "every day", 28, "280 mg"),
        (date(2027, 3, 8), date(2027, 4, 4), 28, "every 2 days", 14, "140 mg"),
        (date(2027, 4, 5), date(2027, 5, 2), 28, "on Mondays and Thursdays", 8, "80 mg"),
    ]
    doses = [(dose.slot, dose.words, dose.figures) for step in content.steps for dose in step.doses]
    assert (
        doses
        == [("before breakfast", "one capsule of 20 mg", "1 × 20 mg")]
        + [("before breakfast", "one capsule of 10 mg", "1 × 10 mg")] * 3
    )
    assert "as if the taper began on the planned first day, 11 January 2027" in content.dates[0]
    assert "day one is the day after signing" in content.dates[1]
    assert "latest first day is 8 February 2027" in content.dates[2]


def test_the_totals_are_those_of_the_published_schedule(draft_taper: Taper) -> None:
    content = content_of(draft_taper)
    assert words_of(content.totals) == {
        "First day": "11 January 2027",
        "Last day": "2 May 2027",
        "Last dose": "29 April 2027",
        "Days": "112",
        "Total": "1060 mg",
        "Units": "28 × 20 mg and 50 × 10 mg",
    }
    assert [(line.strength, line.quantity, line.days_supply) for line in content.prescriptions] == [
        ("20 mg", "28", 28),
        ("10 mg", "50", 84),
    ]
    assert [dose.words for dose in content.taken_now] == ["one capsule of 40 mg"]


def test_an_unsigned_version_says_so(draft_taper: Taper) -> None:
    content = content_of(draft_taper)
    assert not content.is_signed
    assert content.standing.startswith("Not signed.")
    version = draft_taper.versions.get()
    assert "".join(content.signature.sha256) == version.sha256
    assert content.signature.version_code == version.code
    assert [answer.label for answer in content.answers] == [
        "I agree",
        "I agree with these edits",
        "I decline",
        "I manage it myself",
        "Not my patient",
        "Please call me",
    ]


def test_a_signed_version_says_who_when_and_how(taper: Taper) -> None:
    content = content_of(taper)
    assert content.is_signed
    assert content.standing == "Signed."
    facts = words_of(content.signature.facts)
    assert facts["Signed by"] == "Dr Price"
    assert facts["On"] == "4 January 2027, 12:00 (Europe/Berlin)"
    assert "By control of a mailbox." in facts["How"]
    assert "".join(content.signature.sha256) == taper.versions.get().signature.sha256
    assert content.dates[0] == "Day one was set by the signature: 11 January 2027."


def test_signed_later_the_dates_begin_the_day_after(sent_taper: Taper, sign_taper: Callable[..., Taper]) -> None:
    signed = sign_taper(sent_taper, at=NOON + timedelta(days=14))
    content = request_content(signed.versions.get(), today=TODAY + timedelta(days=14))
    assert content.steps[0].first == TODAY + timedelta(days=15)
    assert content.steps[0].first > FIRST_DAY


def test_every_gate_is_named_with_answer_source_and_date(draft_taper: Taper) -> None:
    content = content_of(draft_taper)
    assert [gate.gate for gate in content.gates] == [f"G{n}" for n in range(1, 10)] + [f"A{n}" for n in range(1, 8)]
    assert all(gate.answer is Answer.NO and gate.source and gate.as_of == TODAY for gate in content.known)
    assert content.asked == ()
    assert content.indication == "Heartburn, resolved · R12"


def test_what_is_unknown_is_asked_hard_stops_first(plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    known = tuple(answer for answer in NO_STOPS if answer.gate not in {"G2", "A5", "G7"})
    draft = replace(angelas_draft, answers=known, indication="", indication_code="")
    content = content_of(save_draft(plan, draft, by=by, at=NOON))
    assert [gate.gate for gate in content.asked] == ["G2", "G7", "A5"]
    assert all(gate.as_of is None for gate in content.asked)
    assert content.indication == ""


def test_a_yes_asks_the_prescriber_to_lift_it(plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    answers = tuple(
        replace(answer, answer=Answer.YES) if answer.gate in {"G1", "G9", "A4"} else answer for answer in NO_STOPS
    )
    content = content_of(save_draft(plan, replace(angelas_draft, answers=answers), by=by, at=NOON))
    assert {gate.gate for gate in content.gates if gate.wants_lifting} == {"G1"}


def test_everything_else_that_is_taken_is_listed_with_what_is_not_known(
    draft_taper: Taper, angela: Patient, by: Actor
) -> None:
    add_medicine(
        angela,
        name="Ibuprofen",
        amount=Amount.parse("400 mg"),
        pattern="as needed",
        since=date(2026, 12, 1),
        is_bought_without_prescription=True,
        source=SAID,
        by=by,
        at=NOON,
    )
    add_medicine(angela, name="Levothyroxine", source=SAID, by=by, at=NOON)
    add_medicine(angela, name="Ended", until=TODAY - timedelta(days=1), source=SAID, by=by, at=NOON)
    content = content_of(draft_taper)
    rows = [(row.name, row.how, row.since, row.reason, row.prescriber) for row in content.medicines]
    assert rows == [
        ("Ibuprofen", "400 mg each time, as needed", "1 December 2026", "not known", "bought without prescription"),
        ("Levothyroxine", "amount not known, how often is not known", "not known", "not known", "not known"),
    ]
    assert content.medicines[0].source == "The patient says so: By telephone, 4 January 2027"


def test_what_the_clinics_own_plan_gives_is_listed_too(draft_taper: Taper) -> None:
    content = request_content(draft_taper.versions.get(), today=TODAY + timedelta(days=20))
    assert [row.name for row in content.medicines] == []
    phase = draft_taper.plan.phases.get(key="replace")
    phase.status = "active"
    phase.save(update_fields=["status"])
    content = request_content(draft_taper.versions.get(), today=TODAY + timedelta(days=20))
    assert [(row.name, row.prescriber) for row in content.medicines] == [("Digestive enzymes", "the clinic’s plan")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ReviewAnswer.COMPLETE, "Asked on 4 January 2027: the list of what else is taken is complete."),
        (ReviewAnswer.INCOMPLETE, "Asked on 4 January 2027, but it is not certain that this is all."),
        (ReviewAnswer.NOT_ASKED, "Nobody has asked whether this is all: what is not listed is unknown."),
    ],
)
def test_whether_the_list_is_complete_is_said(
    draft_taper: Taper, angela: Patient, by: Actor, answer: ReviewAnswer, words: str
) -> None:
    add_medicine_review(angela, answer=answer, source=SAID, by=by, at=NOON + timedelta(minutes=1))
    assert content_of(draft_taper).medicines_standing == words


def test_the_standing_permissions_stand_as_sentences(plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    draft = with_permissions(angelas_draft, automatic_hold_at_threshold=True)
    content = content_of(save_draft(plan, draft, by=by, at=NOON))
    permitted = [line.is_permitted for line in content.permissions]
    assert permitted == [True, True, True, False, False, False]
    assert "at most 28 days at a time" in content.permissions[0].sentence
    assert "4 of 7 days, the taper is held" in content.rescue[1]
    assert "2 May 2027 to 13 May 2027" in content.rescue[2]


def test_who_looks_when_and_whom_to_call(draft_taper: Taper) -> None:
    assert words_of(content_of(draft_taper).follow_up) == {
        "Review at 4 weeks": "30 May 2027, 4 weeks after the last step",
        "Review at 12 weeks": "25 July 2027, 12 weeks after the last step",
        "Watched until": "25 July 2027: diary and rescue plan go on so long",
        "Who monitors": "dr_cho",
        "Whom to call": "The clinic",
    }


def test_the_patient_is_known_by_name_birth_date_and_code(
    draft_taper: Taper, angela: Patient, clinic: Clinic, by: Actor
) -> None:
    assert words_of(content_of(draft_taper).patient)["Born"] == "not known"
    add_characteristic(angela, kind=CharacteristicKind.BIRTH_DATE, value=date(1972, 6, 30), source=SAID, by=by, at=NOON)
    content = content_of(draft_taper)
    assert words_of(content.patient) == {"Patient": "Angela", "Born": "30 June 1972", "Patient code": angela.code}
    clinic.fax, clinic.postal_address = "+49 30 99", "Linden 1\n10115 Berlin"
    clinic.save()
    sender = content_of(Taper.objects.get(pk=draft_taper.pk)).sender
    assert sender.lines == ("dr_cho", "Linden 1", "10115 Berlin", "Fax +49 30 99")


def test_a_new_version_names_the_one_that_goes_on_meanwhile(taper: Taper, angela: Patient, by: Actor) -> None:
    using.report_use(taper, kind=UseKind.CHANGED, by=acting_patient(angela), at=on_day(1))
    taper.refresh_from_db()
    version = revising.draw_up_revision(
        taper,
        revising.Extension(days=7),
        first_day=FIRST_DAY + timedelta(days=20),
        reason="Symptoms came back.",
        by=by,
        at=on_day(10),
        on_screen=taper.revision,
    )
    content = request_content(TaperVersion.objects.get(pk=version.pk), today=FIRST_DAY + timedelta(days=9))
    first = taper.versions.get(number=1)
    assert f"version 1 ({first.code}), which you signed and which goes on" in " ".join(content.request)


def test_altered_bytes_are_shown_to_nobody(draft_taper: Taper) -> None:
    version = draft_taper.versions.get()
    version.content = bytes(version.content).replace(b"28", b"29")
    with pytest.raises(TermsError, match="altered"):
        request_content(version, today=TODAY)


def test_it_is_read_in_few_queries(
    draft_taper: Taper, angela: Patient, by: Actor, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(5):
        add_medicine(angela, name=f"Medicine {number}", source=SAID, by=by, at=NOON)
    version = TaperVersion.objects.select_related(
        "taper__plan__patient__clinic", "taper__plan__practitioner", "taper__prescriber", "taper__reduces"
    ).get()
    # One of them is the record’s own word on what is taken now; two are the days on which orders or the plan rested.
    with django_assert_max_num_queries(9):
        request_content(version, today=TODAY)
