"""The medicines in the workspace: shipped ones are read, a clinic's own are added, revised and retired."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor, staff_in
from clinics.models import Clinic, Membership, User
from clinics.roles import Role
from clinics.services.prescribers import add_prescriber
from protocols.models import EnabledSubstance, Medicine
from protocols.models.catalogue import CONSULT
from protocols.services.medicines import retire_medicine
from tests.admin.conftest import text_of
from tests.fixtures.personae import NOON, make_member

LIST = "admin:protocols_medicine_changelist"
ADD = "admin:protocols_medicine_add"

Shipped = Callable[[str], Medicine]


def address(medicine: Medicine, page: str = "change") -> str:
    return reverse(f"admin:protocols_medicine_{page}", args=[medicine.code])


def sent_by(page: Any, **changes: Any) -> dict[str, Any]:
    """What a browser would send from this form, with these changes."""
    values = {field.html_name: field.value() for field in page.context["form"]}
    sent = {name: value for name, value in (values | changes).items() if value not in (None, False)}
    return {name: "on" if value is True else getattr(value, "pk", value) for name, value in sent.items()}


def test_the_list_says_what_is_known_and_what_may_be_tapered(cho: Client, shipped: Shipped) -> None:
    words = text_of(cho.get(reverse(LIST), {"q": "omeprazole"}))
    assert "Omeprazole" in words
    assert "delayed-release capsule" in words
    assert "10 mg, 20 mg, 40 mg" in words
    ibuprofen = text_of(cho.get(reverse(LIST), {"q": "ibuprofen"}))
    assert "Not known No gutclinic" in ibuprofen
    assert CONSULT in words


@pytest.mark.parametrize(
    ("question", "there", "not_there"),
    [
        ({"medicine_class__exact": "H2RA"}, "Famotidine", "Omeprazole"),
        ({"strengths": "unknown"}, "Ibuprofen", "Famotidine"),
        ({"strengths": "known"}, "Famotidine", "Ibuprofen"),
        ({"from": "own"}, "Omeprazole of the Linden pharmacy", "Famotidine"),
        ({"from": "shipped"}, "Famotidine", "Linden pharmacy"),
        ({"form__exact": "sprinkle capsule"}, "Rabeprazole", "Famotidine"),
        ({"mark__exact": "own"}, "Linden pharmacy", "Famotidine"),
        ({"q": "7646"}, "Omeprazole", "Famotidine"),
    ],
)
def test_the_list_is_narrowed(
    cho: Client, shipped: Shipped, own_medicine: Medicine, question: dict[str, str], there: str, not_there: str
) -> None:
    page = cho.get(reverse(LIST), question)
    names = [str(row) for row in page.context["cl"].result_list]
    assert any(there in name for name in names)
    assert not any(not_there in name for name in names)


def test_retired_medicines_are_listed_when_asked_for(cho: Client, own_medicine: Medicine, by: Actor) -> None:
    retire_medicine(own_medicine, by=by, at=NOON)
    for question, count in [({}, 0), ({"state": "retired"}, 1), ({"state": "all"}, 1)]:
        assert len(cho.get(reverse(LIST), question).context["cl"].result_list) == count
    words = text_of(cho.get(address(own_medicine)))
    assert "this version is retired" in words
    assert "Revise" not in words


def test_a_shipped_medicine_is_read_with_its_sources(cho: Client, shipped: Shipped) -> None:
    words = text_of(cho.get(address(shipped("omeprazole-capsule"))))
    for said in [
        CONSULT,
        "20 mg 198051",
        "30 minutes before a meal",
        "gutclinic, edition 2026-11.2",
        "primary source or its abstract read",
        "May be halved No",
        "Only on prescription Not known",
        "May be tapered Yes",
    ]:
        assert said in words, said


def test_what_is_not_known_is_said_to_be_not_known(cho: Client, shipped: Shipped) -> None:
    words = text_of(cho.get(address(shipped("ibuprofen"))))
    assert "Strengths Not known" in words
    assert "May be halved Not known, so it is not halved" in words
    assert "No: its strengths are not known. Add a medicine of your own that says them" in words


def test_nobody_changes_what_is_shipped(cho: Client, shipped: Shipped) -> None:
    omeprazole = shipped("omeprazole-capsule")
    words = text_of(cho.get(address(omeprazole)))
    assert "Retire" not in words
    for page in ("revise", "retire"):
        for answer in (cho.get(address(omeprazole, page)), cho.post(address(omeprazole, page), {"name": "Other"})):
            assert answer.status_code == 403
            assert "shipped with gutclinic" in text_of(answer)
    cho.post(address(omeprazole), {"name": "Other"})
    assert shipped("omeprazole-capsule").pk == omeprazole.pk
    assert Medicine.objects.filter(name="Other").count() == 0


def test_a_practitioner_adds_a_medicine(cho: Client, clinic: Clinic, dr_cho: User) -> None:
    page = cho.get(reverse(ADD))
    assert CONSULT in text_of(page)
    sent = sent_by(
        page,
        name="Omeprazole from the Linden pharmacy",
        substance="Omeprazole",
        medicine_class="PPI",
        form="capsule",
        release="delayed",
        may_be_halved="no",
        strengths="10 mg 199119\n 2.5 mg \n",
        source="The pharmacy’s list.",
    )
    answer = cho.post(reverse(ADD), sent, follow=True)
    medicine = Medicine.objects.get()
    assert (medicine.clinic, medicine.substance, medicine.created_by_code) == (clinic, "omeprazole", dr_cho.code)
    assert {str(row.amount): row.rxnorm_drug_code for row in medicine.strengths.all()} == {
        "10 mg": "199119", "2.5 mg": "",
    }  # fmt: skip
    assert medicine.prescription_only is None
    words = text_of(answer)
    assert "is offered in Lindenhof practice from now on" in words
    assert "2.5 mg, 10 mg" in words
    assert "May be tapered Yes" in words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strengths": "ten mg"}, "is not an amount"),
        ({"strengths": "10"}, "is not an amount"),
        ({"strengths": "10 spoons"}, "is not a unit gutclinic knows"),
        ({"strengths": "10 mg\n10 mg"}, "named twice"),
        ({"strengths": "10 mg\n1 {capsule}"}, "different units"),
        ({"may_be_halved": "half"}, "never halved"),
        ({"food": "with", "minutes_before_meal": "30"}, "Minutes belong to “Before a meal”"),
        ({"liquid_value": "4"}, "smallest step in mL"),
        ({"liquid_value": "-4"}, "smallest step in mL"),
        ({"source": ""}, "This field is required"),
        ({"medicine_class": "purgative"}, "Select a valid choice"),
        ({"name": "x" * 121}, "at most 120 characters"),
    ],
)
def test_bad_input_is_a_sentence_and_nothing_is_written(cho: Client, changes: dict[str, str], words: str) -> None:
    good = {
        "name": "Omeprazole",
        "substance": "omeprazole",
        "medicine_class": "PPI",
        "may_be_halved": "no",
        "strengths": "10 mg",
        "source": "A list.",
    }
    answer = cho.post(reverse(ADD), sent_by(cho.get(reverse(ADD)), **good) | changes)
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert not Medicine.objects.exists()


def test_a_revision_opens_with_what_stands_there_and_becomes_a_new_version(cho: Client, own_medicine: Medicine) -> None:
    page = cho.get(address(own_medicine, "revise"))
    form = page.context["form"]
    assert form["strengths"].value().splitlines() == ["15 mg", "5 mg"]
    assert form["minutes_before_meal"].value() == 30
    answer = cho.post(address(own_medicine, "revise"), sent_by(page, strengths="5 mg\n10 mg"), follow=True)
    assert "This is version 2" in text_of(answer)
    revised = Medicine.objects.get(replaces=own_medicine)
    assert [str(amount) for amount in revised.amounts] == ["10 mg", "5 mg"]
    assert reverse("admin:protocols_medicine_change", args=[own_medicine.code]) in answer.content.decode()
    old = cho.get(address(own_medicine))
    assert "Replaced by Version 2" in text_of(old)
    assert address(revised) in old.content.decode()


def test_a_form_that_was_open_when_somebody_else_revised_is_told_so(cho: Client, own_medicine: Medicine) -> None:
    page = cho.get(address(own_medicine, "revise"))
    cho.post(address(own_medicine, "revise"), sent_by(page, strengths="10 mg"))
    late = cho.post(address(own_medicine, "revise"), sent_by(page, strengths="20 mg"), follow=True)
    assert "This version is retired already" in text_of(late)
    assert Medicine.objects.count() == 2


def test_a_liquid_is_shown_as_it_was_written(cho: Client) -> None:
    sent = sent_by(
        cho.get(reverse(ADD)),
        name="Famotidine liquid", substance="famotidine", medicine_class="H2RA", form="oral liquid",
        liquid_value="8", liquid_unit="mg", liquid_step_ml="0.5", source="A label.",
    )  # fmt: skip
    cho.post(reverse(ADD), sent)
    liquid = Medicine.objects.get()
    assert "8 mg in 1 mL, by 0.5 mL" in text_of(cho.get(address(liquid)))
    form = cho.get(address(liquid, "revise")).context["form"]
    assert (form["liquid_value"].value(), form["liquid_step_ml"].value()) == ("8", "0.5")


def test_a_medicine_is_retired_after_asking(cho: Client, own_medicine: Medicine) -> None:
    asked = text_of(cho.get(address(own_medicine, "retire")))
    assert "Tapers that use it go on as they are." in asked
    assert CONSULT in asked
    assert "is offered no more" in text_of(cho.post(address(own_medicine, "retire"), follow=True))
    own_medicine.refresh_from_db()
    assert own_medicine.is_retired


def test_assistants_read_medicines_and_change_none(assistant: Client, shipped: Shipped, own_medicine: Medicine) -> None:
    assert assistant.get(reverse(LIST)).status_code == 200
    words = text_of(assistant.get(address(own_medicine)))
    assert "Linden pharmacy" in words
    assert "Revise" not in words
    assert assistant.get(reverse(ADD)).status_code == 403
    assert assistant.post(reverse(ADD), {"name": "x"}).status_code == 403
    for page in ("revise", "retire"):
        refused = assistant.post(address(own_medicine, page), {"name": "x"})
        assert refused.status_code == 403
        assert "Ask a practitioner of this clinic" in text_of(refused)
    assert not Medicine.objects.get(pk=own_medicine.pk).is_retired


def test_another_clinic_reads_what_is_shipped_and_not_what_is_ours(
    dee: Client, shipped: Shipped, own_medicine: Medicine
) -> None:
    assert dee.get(address(shipped("omeprazole-capsule"))).status_code == 200
    assert "Linden pharmacy" not in text_of(dee.get(reverse(LIST), {"q": "omeprazole"}))
    for page in ("change", "revise", "retire", "tapers"):
        assert dee.get(address(own_medicine, page)).status_code == 404
        assert dee.post(address(own_medicine, page)).status_code == 404


def test_whoever_works_nowhere_sees_no_medicine(shipped: Shipped, sign_in: Callable[[User], Client]) -> None:
    from tests.fixtures.personae import make_user

    operator = make_user("operator_1@example.org")
    operator.is_superuser = True
    operator.save()
    client = sign_in(operator)
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(address(shipped("omeprazole-capsule"))).status_code == 404


def test_the_form_names_only_clinics_where_one_may_add(
    cho: Client, dr_cho: User, clinic: Clinic, other_clinic: Clinic
) -> None:
    Membership.objects.create(user=dr_cho, clinic=other_clinic, role=Role.ASSISTANT.value, started_at=NOON)
    sent = sent_by(
        cho.get(reverse(ADD)), clinic=other_clinic.pk, name="Omeprazole", substance="omeprazole",
        medicine_class="PPI", source="A list.",
    )  # fmt: skip
    refused = cho.post(reverse(ADD), sent)
    assert refused.status_code == 200
    assert not Medicine.objects.exists()


def test_a_licensed_prescriber_enables_tapers_by_name(
    cho: Client, shipped: Shipped, clinic: Clinic, dr_cho: User, clinic_admin_1: User
) -> None:
    prednisone = shipped("prednisone-tablet")
    assert "No, until a licensed prescriber of your clinic enables it" in text_of(cho.get(address(prednisone)))
    page = address(prednisone, "tapers")
    assert CONSULT in text_of(cho.get(page))
    refused = cho.post(page, {"clinic": clinic.code})
    assert refused.status_code == 403
    assert "licensed to sign for this class" in text_of(refused)
    add_prescriber(
        clinic, name="Dr Cho", user=dr_cho, licence_number="B-1", licensed_classes=["corticosteroid"],
        by=staff_in(clinic, clinic_admin_1), at=NOON,
    )  # fmt: skip
    enabled = text_of(cho.post(page, {"clinic": clinic.code}, follow=True))
    assert "Enabled since 4 January 2027, 12:00" in enabled
    assert "Yes: enabled by a licensed prescriber" in text_of(cho.get(address(prednisone)))
    assert "Not enabled." in text_of(cho.post(page, {"clinic": clinic.code, "end": "1"}, follow=True))
    assert EnabledSubstance.objects.in_force().count() == 0


def test_tapers_are_enabled_in_the_own_clinic_alone(
    cho: Client, shipped: Shipped, other_clinic: Clinic, dr_dee: User
) -> None:
    add_prescriber(
        other_clinic, name="Dr Dee", user=dr_dee, licence_number="A-1", licensed_classes=["corticosteroid"],
        by=staff_in(other_clinic, make_member(other_clinic, "clinic_admin_9@example.org", Role.CLINIC_ADMIN)), at=NOON,
    )  # fmt: skip
    page = address(shipped("prednisone-tablet"), "tapers")
    assert "Harbour" not in text_of(cho.get(page))
    cho.post(page, {"clinic": other_clinic.code})
    assert not EnabledSubstance.objects.exists()


def test_what_every_clinic_may_taper_has_no_such_button(cho: Client, shipped: Shipped) -> None:
    assert (
        address(shipped("omeprazole-capsule"), "tapers")
        not in cho.get(address(shipped("omeprazole-capsule"))).content.decode()
    )
    assert (
        address(shipped("prednisone-tablet"), "tapers")
        in cho.get(address(shipped("prednisone-tablet"))).content.decode()
    )
