"""The core record on the patient's page: read by staff, written by practitioners, nothing overwritten."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic, User
from patients.models import (
    Allergy,
    Characteristic,
    CharacteristicKind,
    Condition,
    LabResult,
    LabStatus,
    MedicineReview,
    MedicineUse,
    Patient,
    ReviewAnswer,
    SourceKind,
)
from patients.services import record
from patients.services.record import Source, Weight
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.slots import Slot
from tests.admin.conftest import hidden, text_of
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.records import make_medicine, make_prescriber

SAID = Source(kind=SourceKind.DOCUMENT, as_of=date(2026, 12, 1), note="discharge letter")
FROM_HER = {"source_kind": "patient", "source_note": "first visit", "as_of": "2027-01-04"}


@pytest.fixture
def write(angela: Patient, by: Actor) -> Callable[..., Any]:
    def call(service: Callable[..., Any], **values: Any) -> Any:
        return service(angela, **({"source": SAID, "by": by, "at": NOON} | values))

    return call


def page_of(patient: Patient) -> str:
    return reverse("admin:patients_patient_change", args=[patient.code])


def address(patient: Patient, page: str, *more: str) -> str:
    return reverse(f"admin:patients_patient_record_{page}", args=[patient.code, *more])


def send(client: Client, where: str, **data: Any) -> HttpResponse:
    """Open a form, fill it in and save it."""
    page = client.get(where)
    assert page.status_code == 200, page
    nonce = {"nonce": hidden(page, "nonce")} if 'name="nonce"' in page.content.decode() else {}
    return client.post(where, nonce | data)


def saved(client: Client, where: str, **data: Any) -> None:
    answer = send(client, where, **data)
    assert answer.status_code == 302, text_of(answer)
    assert answer["Location"].endswith("/change/#record")


def test_an_empty_record_says_that_nothing_is_known(cho: Client, angela: Patient) -> None:
    words = text_of(cho.get(page_of(angela)))
    assert "Sex Not known" in words
    assert "Weight Not known" in words
    assert "never as “no”" in words
    assert "Nothing is written down, and nobody has asked: not known." in words


@pytest.mark.parametrize(
    ("kind", "data", "shown"),
    [
        ("sex", {"sex": "female"}, "Sex Female"),
        ("birth-date", {"birth_date": "1972-01-05"}, "Birth date 5 January 1972 (54 years)"),
        ("pregnancy", {"answer": "no"}, "Pregnancy No"),
        ("breastfeeding", {"answer": "unknown"}, "Breastfeeding Not known"),
        ("weight", {"weight": "61.50", "unit": "kg"}, "Weight 61.5 kg"),
        ("weight", {"weight": "135", "unit": "[lb_av]"}, "Weight 135 lb"),
        ("birth-date", {"is_unknown": "on"}, "Birth date Not known The patient says so"),
        (
            "condition",
            {"icd10cm_code": "k22.70", "presence": "present", "onset_on": "2019-05-01", "detail": "Short segment."},
            "K22.70 Barrett's esophagus without dysplasia Has it, since 1 May 2019. Short segment.",
        ),
        ("condition", {"icd10cm_code": "K20.0", "presence": "absent"}, "Looked for, and not there"),
        (
            "allergy",
            {"answer": "allergy", "substance": "aspirin", "reaction": "wheezing", "severity": "severe"},
            "Aspirin Wheezing, severe",
        ),
        ("allergy", {"answer": "none-known"}, "Allergies No allergies are known: asked, and none named"),
        (
            "medicine",
            {"name": "Ibuprofen", "medicine_class": "NSAID", "amount": "400", "unit": "mg", "pattern": "as needed"}
            | {"times_of_day": ["bedtime"], "prescribed_by": "bought", "indication": "back pain"},
            "Ibuprofen NSAID. 400 mg, as needed, bedtime. Since when is not known. For back pain. "
            "Bought without a prescription.",
        ),
        (
            "medicine",
            {"name": "A blue pill"},
            "A blue pill Class not known. How much is not known. Since when is not known.",
        ),
        ("review", {"answer": "complete"}, "Is anything else taken? Asked, and the list is complete"),
        (
            "result",
            {"test": "2276-4", "status": "final", "comparator": "<", "value": "15", "unit": "ng/mL"}
            | {"collected_on": "2026-12-30"},
            "Ferritin < 15 ng/mL, sample of 30 December 2026",
        ),
        (
            "result",
            {"test": "17780-8", "status": "final", "text": "Negative", "collected_on": "2026-12-30"},
            "Helicobacter pylori antigen in stool Negative, sample of 30 December 2026",
        ),
        ("result", {"test": "74788-1", "status": "pending"}, "Lactulose hydrogen breath test Awaited"),
        (
            "result",
            {"test": "own", "own_code": "zonulin", "own_title": "Zonulin in stool", "status": "final"}
            | {"value": "61", "unit": "ng/mL", "collected_on": "2026-12-30"},
            "Zonulin in stool 61 ng/mL",
        ),
    ],
)
def test_each_kind_of_fact_is_added_and_shown_with_its_source(
    cho: Client, angela: Patient, kind: str, data: dict[str, Any], shown: str
) -> None:
    saved(cho, address(angela, "add", kind), **FROM_HER, **data)
    words = text_of(cho.get(page_of(angela)))
    assert shown in words
    assert "The patient says so: first visit · as of 4 January 2027 · dr_cho, 4 January 2027, 12:00" in words


def test_a_medicine_of_the_list_is_chosen_with_its_prescriber(cho: Client, angela: Patient, clinic: Clinic) -> None:
    omeprazole, dr_price = make_medicine(clinic, "omeprazole", "PPI"), make_prescriber(clinic, "Dr Ada Price")
    saved(
        cho,
        address(angela, "add", "medicine"),
        **FROM_HER,
        medicine=omeprazole.code,
        prescribed_by=dr_price.code,
        amount="40",
        unit="mg",
        pattern="daily",
        times_of_day=["before-breakfast"],
        since="2022-05-01",
        indication_code="k21.9",
    )
    use = MedicineUse.objects.get()
    assert (use.medicine, use.prescriber, use.medicine_class) == (omeprazole, dr_price, "PPI")
    assert (
        "Omeprazole Proton pump inhibitor. 40 mg, every day, before breakfast. Since 1 May 2022. For K21.9. "
        "Prescribed by Dr Ada Price." in (text_of(cho.get(page_of(angela))))
    )


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("sex", {}, "This field is required."),
        ("birth-date", {}, "Enter it, or tick that it is not known."),
        ("birth-date", {"birth_date": "1972-01-05", "is_unknown": "on"}, "Enter it, or tick that it is not known."),
        ("birth-date", {"birth_date": "2030-01-05"}, "which has not come yet"),
        ("weight", {"weight": "6150", "unit": "kg"}, "Look at the number and its unit."),
        ("condition", {"presence": "present"}, "Search for the condition and choose a code, or type one."),
        ("condition", {"presence": "present", "icd10cm_code": "K21.0"}, "choose K21.00 or K21.01"),
        ("condition", {"presence": "present", "icd10cm_code": "T78.1XXA"}, "The nearest: T78.110A"),
        ("condition", {"presence": "absent", "icd10cm_code": "R12", "onset_on": "2026-01-01"}, "Only a condition that"),
        ("allergy", {"answer": "allergy"}, "Name the substance"),
        ("allergy", {"answer": "none-known", "substance": "aspirin"}, "This says that none is named"),
        ("medicine", {}, "Choose the medicine, or write its name below."),
        ("medicine", {"name": "Ibuprofen", "amount": "400"}, "An amount needs a number and a unit"),
        ("medicine", {"name": "Ibuprofen", "pattern": "now and then"}, "is not a pattern"),
        ("medicine", {"name": "Ibuprofen", "indication_code": "M05"}, "M05 is not a leaf"),
        ("medicine", {"name": "X", "since": "2026-02-01", "until": "2026-01-01"}, "not before the first day"),
        ("result", {"status": "final"}, "This field is required."),
        ("result", {"test": "2276-4", "status": "final", "value": "15", "unit": "ng/mL"}, "the sample was taken"),
        (
            "result",
            {"test": "2276-4", "status": "final", "value": "15", "unit": "mg/dL", "collected_on": "2026-12-30"},
            "Ferritin is reported in ng/mL or ug/L.",
        ),
        ("result", {"test": "own", "own_code": "1x", "own_title": "X", "status": "pending"}, "a code of your own"),
        ("result", {"test": "2276-4", "own_code": "x", "status": "pending"}, "Choose “Another test”"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    cho: Client, angela: Patient, kind: str, data: dict[str, Any], sentence: str
) -> None:
    answer = send(cho, address(angela, "add", kind), **FROM_HER, **data)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    for model in (Characteristic, Condition, Allergy, MedicineUse, MedicineReview, LabResult):
        assert not model.objects.exists()


def test_a_source_and_a_day_are_needed(cho: Client, angela: Patient) -> None:
    answer = send(cho, address(angela, "add", "allergy"), answer="allergy", substance="aspirin", as_of="2027-01-05")
    assert text_of(answer).count("This field is required.") == 1
    answer = send(
        cho,
        address(angela, "add", "allergy"),
        **(FROM_HER | {"answer": "allergy", "substance": "aspirin", "as_of": "2027-01-05"}),
    )
    assert "which has not come yet" in text_of(answer)
    assert not Allergy.objects.exists()


def test_a_condition_is_found_by_words_without_script_and_outside_the_address(cho: Client, angela: Patient) -> None:
    where = address(angela, "add", "condition")
    nonce = hidden(cho.get(where), "nonce")
    asked = FROM_HER | {"nonce": nonce, "words": "zollinger", "presence": "present", "detail": "Known for years."}
    found = cho.post(where, asked | {"_find": "1"})
    assert "E16.4 Increased secretion of gastrin" in text_of(found)
    assert 'type="radio"' in found.content.decode()
    assert "Known for years." in found.content.decode(), "What was typed already stays."
    unfinished = cho.post(where, {"words": "zollinger", "_find": "1"})
    assert "E16.4" in text_of(unfinished)
    assert "This field is required." not in text_of(unfinished), "Nobody has tried to save yet."
    assert not Condition.objects.exists()
    assert cho.post(where, asked | {"found": "E16.4"}).status_code == 302
    assert Condition.objects.get().icd10cm_code == "E16.4"

    nothing = cho.post(where, asked | {"words": "leaky gut", "_find": "1"})
    assert "Nothing was found." in text_of(nothing)


def test_a_form_sent_twice_writes_one_row(cho: Client, angela: Patient) -> None:
    where = address(angela, "add", "allergy")
    data = FROM_HER | {"nonce": hidden(cho.get(where), "nonce"), "answer": "allergy", "substance": "aspirin"}
    for _ in range(2):
        assert cho.post(where, data).status_code == 302
    assert Allergy.objects.count() == 1
    again = data | {"nonce": hidden(cho.get(where), "nonce")}
    assert cho.post(where, again).status_code == 302
    assert Allergy.objects.count() == 2, "Opened anew, the same is another row."


def corrections(write: Callable[..., Any]) -> dict[str, tuple[Any, dict[str, str], str]]:
    """For each kind of fact: a row, what is changed in its form, and what the page then says."""
    return {
        "pregnancy": (
            write(record.add_characteristic, kind=CharacteristicKind.PREGNANCY, value=False),
            {"answer": "yes"},
            "Pregnancy Yes",
        ),
        "weight": (
            write(record.add_characteristic, kind=CharacteristicKind.WEIGHT, value=Weight(value=Decimal("16.5"))),
            {"weight": "61.5"},
            "Weight 61.5 kg",
        ),
        "condition": (
            write(record.add_condition, icd10cm_code="K22.70"),
            {"icd10cm_code": "K22.10"},
            "K22.10 Ulcer of",
        ),
        "allergy": (write(record.add_allergy, substance="aspirin"), {"substance": "amoxicillin"}, "Amoxicillin"),
        "medicine": (
            write(
                record.add_medicine,
                name="Ibuprofen",
                medicine_class=MedicineClass.NSAID,
                amount=Amount.parse("200 mg"),
                times_of_day=[Slot.BEDTIME],
                is_bought_without_prescription=True,
            ),
            {"amount": "400"},
            "Ibuprofen NSAID. 400 mg, bedtime. Since when is not known. Bought without a prescription.",
        ),
        "review": (
            write(record.add_medicine_review, answer=ReviewAnswer.COMPLETE),
            {"answer": "incomplete"},
            "Asked, but it is not certain that this is all",
        ),
        "result": (
            write(
                record.add_lab_result,
                lab_code="2276-4",
                value=Decimal("610"),
                unit="ng/mL",
                collected_on=date(2026, 11, 30),
            ),
            {"value": "61"},
            "Ferritin 61 ng/mL, sample of 30 November 2026",
        ),
    }


def filled_in(page: HttpResponse) -> dict[str, Any]:
    """What a browser would send if the form were saved as it was opened."""
    body = page.content.decode()
    form = body[body.index('<form method="post" class="own-form"') :]
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        kind = re.search(r'type="(\w+)"', tag)
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (kind is None or kind[1] not in {"checkbox", "radio"} or re.search(r"\schecked[\s>]", tag)):
            data.setdefault(name[1], []).append(value[1] if value else "")
    for name, inner in re.findall(r'(?s)<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', form):
        data[name] = inner.strip()
    for name, inner in re.findall(r'(?s)<select name="([^"]*)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'<option value="([^"]*)" selected', inner)
        first = re.search(r'<option value="([^"]*)"', inner)
        data[name] = (chosen or first)[1]  # type: ignore[index]
    return data


@pytest.mark.parametrize("kind", ["pregnancy", "weight", "condition", "allergy", "medicine", "review", "result"])
def test_each_kind_of_fact_is_corrected_in_the_form_that_shows_it(
    cho: Client, angela: Patient, write: Callable[..., Any], kind: str
) -> None:
    entry, changes, shown = corrections(write)[kind]
    where = address(angela, "correct", kind, entry.code)
    data = filled_in(cho.get(where)) | changes
    assert "What was wrong" in text_of(cho.get(where))
    refused = cho.post(where, data)
    assert "This field is required." in text_of(refused), "A reason is needed."
    assert cho.post(where, data | {"reason": "Misread."}).status_code == 302
    entry.refresh_from_db()
    assert entry.entered_in_error_reason == "Misread."
    assert entry.correction.source_note == "discharge letter"
    words = text_of(cho.get(page_of(angela)))
    assert shown in words
    assert "Misread." not in words

    history = text_of(cho.get(address(angela, "history", kind, entry.code)))
    assert "History: " in history
    assert "Entered in error: “Misread.” · dr_cho, 4 January 2027, 12:00" in history
    assert shown.rpartition(" ")[2] in history
    whole = text_of(cho.get(reverse("admin:patients_patient_record", args=[angela.code])))
    assert "entered in error" in whole

    gone = cho.get(where)
    assert gone.status_code == 200
    again = cho.post(where, data | {"reason": "Once more.", "nonce": "another"}, follow=True)
    assert "marked as entered in error already" in text_of(again)


def test_a_medicine_is_ended(cho: Client, angela: Patient, write: Callable[..., Any]) -> None:
    use = write(record.add_medicine, name="Ibuprofen", since=date(2026, 11, 1))
    where = address(angela, "end", "medicine", use.code)
    asked = text_of(cho.get(where))
    assert "Since 1 November 2026" in asked
    assert "Consult your prescriber before changing a prescription medicine." in asked
    refused = cho.post(where, {"until": "2026-10-01", "source_kind": "pharmacy"})
    assert "not before the first day" in text_of(refused)
    assert (
        cho.post(where, {"until": "2026-12-24", "source_kind": "pharmacy", "source_note": "by telephone"}).status_code
        == 302
    )
    words = text_of(cho.get(page_of(angela)))
    assert "Ibuprofen" not in words
    whole = text_of(cho.get(reverse("admin:patients_patient_record", args=[angela.code])))
    assert "Ibuprofen no longer taken" in whole
    assert "From 1 November 2026 until 24 December 2026" in whole
    assert "The end: The pharmacy: by telephone · dr_cho, 4 January 2027, 12:00" in whole
    allergy = write(record.add_allergy, substance="aspirin")
    assert cho.get(address(angela, "end", "allergy", allergy.code)).status_code == 404


def test_a_fact_is_marked_as_entered_in_error_with_a_reason(
    cho: Client, angela: Patient, write: Callable[..., Any]
) -> None:
    condition = write(record.add_condition, icd10cm_code="K22.70")
    where = address(angela, "error", "condition", condition.code)
    page = text_of(cho.get(where))
    assert "K22.70 Barrett's esophagus without dysplasia: Has it, or had it" in page
    assert "A document: discharge letter · as of 1 December 2026" in page
    assert "This field is required." in text_of(cho.post(where, {"reason": ""}))
    assert cho.post(where, {"reason": "Another patient’s letter."}).status_code == 302
    words = text_of(cho.get(page_of(angela)))
    assert "K22.70" not in words
    whole = text_of(cho.get(reverse("admin:patients_patient_record", args=[angela.code])))
    assert "Entered in error: “Another patient’s letter.” · dr_cho, 4 January 2027, 12:00" in whole


def test_the_result_of_an_awaited_test_is_entered_beside_it(
    cho: Client, angela: Patient, write: Callable[..., Any]
) -> None:
    awaited = write(record.add_lab_result, lab_code="17780-8", status=LabStatus.PENDING, collected_on=date(2026, 12, 1))
    page = cho.get(page_of(angela)).content.decode()
    link = re.search(r'href="([^"]*\?of=[^"]*)"[^>]*>Enter the result', page)
    assert link
    assert "17780" not in link[1], "No address says which test it is."
    data = filled_in(cho.get(link[1])) | {"source_kind": "document", "text": "positive"}
    assert (data["test"], data["status"], data["collected_on"]) == ("17780-8", "final", ["2026-12-01"])
    assert cho.post(link[1], data).status_code == 302
    words = text_of(cho.get(page_of(angela)))
    assert "Positive, sample of 1 December 2026" in words
    assert "Awaited" not in words
    awaited.refresh_from_db()
    assert not awaited.is_in_error


def test_what_counts_is_on_the_page_and_the_rest_in_the_whole_record(
    cho: Client, angela: Patient, write: Callable[..., Any]
) -> None:
    write(record.add_characteristic, kind=CharacteristicKind.WEIGHT, value=Weight(value=Decimal(70)))
    newer = Source(kind=SourceKind.MEASURED_HERE, as_of=TODAY)
    write(record.add_characteristic, kind=CharacteristicKind.WEIGHT, value=Weight(value=Decimal(61)), source=newer)
    write(record.add_medicine, name="Famotidine", until=TODAY - timedelta(days=1))
    write(record.add_medicine, name="Pantoprazole", until=TODAY)
    words = text_of(cho.get(page_of(angela)))
    assert "Weight 61 kg Measured or seen here · as of 4 January 2027" in words
    assert "70 kg" not in words
    assert "Pantoprazole" in words
    assert "Famotidine" not in words
    whole = text_of(cho.get(reverse("admin:patients_patient_record", args=[angela.code])))
    assert "Weight older 70 kg" in whole
    assert "Famotidine no longer taken" in whole


def test_an_assistant_reads_the_record_and_does_not_write_it(
    assistant: Client, angela: Patient, write: Callable[..., Any]
) -> None:
    entry = write(record.add_medicine, name="Ibuprofen")
    page = assistant.get(page_of(angela))
    assert "Ibuprofen" in text_of(page)
    assert "The record is changed by a practitioner of this clinic." in text_of(page)
    for words in ["Add a condition", "Write down", "Correct", "Entered in error", "Ended"]:
        assert f">{words}<" not in page.content.decode(), words
    assert assistant.get(reverse("admin:patients_patient_record", args=[angela.code])).status_code == 200
    assert assistant.get(address(angela, "history", "medicine", entry.code)).status_code == 200
    for where in [
        address(angela, "add", "allergy"),
        *(address(angela, act, "medicine", entry.code) for act in ("correct", "end", "error")),
    ]:
        for answer in (assistant.get(where), assistant.post(where, FROM_HER | {"reason": "x", "until": "2027-01-04"})):
            assert answer.status_code == 403
            assert "Ask a practitioner of this clinic." in text_of(answer)
    entry.refresh_from_db()
    assert (entry.is_in_error, entry.until) == (False, None)


def test_a_row_stands_at_its_own_address_alone(
    cho: Client, dee: Client, angela: Patient, ben: Patient, write: Callable[..., Any], dr_dee: User
) -> None:
    entry = write(record.add_allergy, substance="aspirin")
    for page in ("correct", "error", "history"):
        assert cho.get(address(angela, page, "allergy", entry.code)).status_code == 200
        assert cho.get(address(ben, page, "allergy", entry.code)).status_code == 404, "Another patient’s."
        assert cho.get(address(angela, page, "condition", entry.code)).status_code == 404, "Another kind."
        assert cho.get(address(angela, page, "sex", entry.code)).status_code == 404
        assert cho.get(address(angela, page, "nothing", entry.code)).status_code == 404
        assert dee.get(address(angela, page, "allergy", entry.code)).status_code == 404
    assert cho.get(address(angela, "add", "nothing")).status_code == 404
    assert cho.get(address(angela, "add", "result") + "?of=NOSUCHCODE").status_code == 404
    weight = write(record.add_characteristic, kind=CharacteristicKind.WEIGHT, value=None)
    assert cho.get(address(angela, "correct", "sex", weight.code)).status_code == 404
    assert cho.get(address(angela, "correct", "weight", weight.code)).status_code == 200


def test_lists_to_choose_from_are_the_own_clinics(
    cho: Client, angela: Patient, clinic: Clinic, other_clinic: Clinic
) -> None:
    mine, foreign = make_medicine(clinic, "rabeprazole", "PPI"), make_medicine(other_clinic, "omeprazole", "PPI")
    make_prescriber(other_clinic, "Dr Elsewhere")
    page = cho.get(address(angela, "add", "medicine"))
    assert "Consult your prescriber before changing a prescription medicine." in text_of(page)
    assert "Rabeprazole" in text_of(page)
    assert "Omeprazole" not in text_of(page)
    assert "Dr Elsewhere" not in text_of(page)
    for chosen in ({"medicine": foreign.code}, {"medicine": mine.code, "prescribed_by": "NOBODYHERE"}):
        answer = cho.post(address(angela, "add", "medicine"), FROM_HER | chosen)
        assert "Select a valid choice." in text_of(answer)
    assert not MedicineUse.objects.exists()
