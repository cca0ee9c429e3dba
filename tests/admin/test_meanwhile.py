"""What two people have open at once: the second to save is told of the first, and overwrites nothing."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from clinics.models import Clinic
from patients.models import ContactPoint, Patient, Plan, Reminder
from patients.services import people
from protocols.models import OrderTemplate, TemplateVersion
from tests.admin.conftest import text_of
from tests.admin.test_patients import address, saved
from tests.admin.test_protocols import address as draft_address
from tests.admin.test_protocols import changed, draft, sent_by
from tests.fixtures.personae import make_patient

__all__ = ["draft"]

TOLD = "Somebody else has changed this since you opened it, so nothing was saved."
ADDRESS_GONE = "Somebody else has changed this address meanwhile. Look again."


def test_a_stale_form_does_not_bring_back_an_ended_address(cho: Client, plan: Plan) -> None:
    patient = plan.patient
    stale = saved(patient, family_name="Typed")
    cho.post(address(patient), saved(patient, **{"contact_points-0-ends": "on"}))
    page = cho.post(address(patient), stale)
    assert ADDRESS_GONE in text_of(page)
    assert 'value="Typed"' in page.content.decode()
    assert not ContactPoint.objects.filter(patient=patient, ended_at=None).exists()
    assert not Reminder.objects.filter(plan=plan, channel="email", recipient_kind="patient", status="owed").exists()


@pytest.mark.parametrize("whose", ["foreign", "unused"])
def test_an_address_that_is_not_this_patients_gets_the_same_answer(
    cho: Client, ben: Patient, other_clinic: Clinic, whose: str
) -> None:
    foreign = make_patient(other_clinic, "Patient 018", email="patient_018@example.org")
    pk = ContactPoint.objects.get(patient=foreign).pk if whose == "foreign" else 999_999
    page = cho.post(address(ben), saved(ben) | {"contact_points-0-id": pk, "contact_points-0-value": "x@example.org"})
    assert ADDRESS_GONE in text_of(page)
    assert not ContactPoint.objects.filter(value="x@example.org").exists()


def test_a_stale_record_resets_neither_zone_nor_consent(cho: Client, ben: Patient) -> None:
    stale = saved(ben, family_name="Typed")
    newer = saved(ben, zone="Asia/Tokyo")
    del newer["contact_points-0-messages_allowed"]
    assert cho.post(address(ben), newer).status_code == 302
    page = cho.post(address(ben), stale)
    assert TOLD in text_of(page)
    assert 'value="Typed"' in page.content.decode()
    # Sending the same once more does not help either.
    again = stale | {"values_shown": page.context["mark"]}
    assert TOLD in text_of(cho.post(address(ben), again))
    ben.refresh_from_db()
    assert (ben.zone, ben.family_name) == ("Asia/Tokyo", "")
    assert not ContactPoint.objects.get(patient=ben).messages_allowed


def test_a_record_without_its_mark_is_not_saved(cho: Client, ben: Patient) -> None:
    assert TOLD in text_of(cho.post(address(ben), saved(ben, family_name="X") | {"values_shown": ""}))


def test_the_page_carries_the_mark_that_saves_it(cho: Client, ben: Patient) -> None:
    page = cho.get(address(ben))
    assert page.context["mark"] == saved(ben)["values_shown"]
    assert f'name="values_shown" value="{page.context["mark"]}"' in page.content.decode()


def test_a_stale_draft_resets_no_dose(cho: Client, draft: TemplateVersion) -> None:
    order = draft.orders.get(key="glutamine")
    stale = sent_by(cho.get(draft_address(draft))) | {"summary": "A new summary"}
    newer = changed(cho.get(draft_address(draft)), order, amount_value="2.5")
    assert cho.post(draft_address(draft), newer).status_code == 302
    assert TOLD in text_of(cho.post(draft_address(draft), stale))
    order.refresh_from_db()
    draft.refresh_from_db()
    assert order.amount is not None
    assert order.amount.display() == "2.5 g"
    assert draft.summary != "A new summary"


def test_an_order_of_another_clinic_slipped_into_a_draft_is_refused(
    cho: Client, draft: TemplateVersion, version: TemplateVersion
) -> None:
    mine, foreign = draft.orders.get(key="enzymes"), version.orders.get(key="enzymes")
    sent: dict[str, Any] = changed(cho.get(draft_address(draft)), mine, name="Slipped in")
    [field] = [
        name for name, value in sent.items() if name.startswith("orders-") and name.endswith("-id") and value == mine.pk
    ]
    page = cho.post(draft_address(draft), sent | {field: foreign.pk})
    assert "Somebody else has changed this part meanwhile. Look again." in text_of(page)
    assert not OrderTemplate.objects.filter(name="Slipped in").exists()


def test_an_address_is_not_ended_and_replaced_at_once(cho: Client, ben: Patient) -> None:
    page = cho.post(
        address(ben), saved(ben, **{"contact_points-0-value": "new@example.org", "contact_points-0-ends": "on"})
    )
    assert "End the address first, and save. Then another one may be entered." in text_of(page)
    contact = ContactPoint.objects.get(patient=ben)
    assert (contact.value, contact.ended_at) == ("ben@example.org", None)


def test_a_page_that_is_only_read_needs_no_mark(cho: Client, version: TemplateVersion) -> None:
    page = cho.get(reverse("admin:protocols_templateversion_change", args=[version.code]))
    assert "values_shown" not in page.content.decode()


def test_what_was_typed_stays_when_saving_itself_is_refused(
    cho: Client, ben: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ValidationError("There is another address meanwhile.")

    monkeypatch.setattr(people, "save_contact_point", refuse)
    sent = saved(ben, family_name="Typed", **{"contact_points-0-value": "new@example.org"})
    page = cho.post(address(ben), sent)
    assert "There is another address meanwhile." in text_of(page)
    assert 'value="Typed"' in page.content.decode()
    assert 'value="new@example.org"' in page.content.decode()
    ben.refresh_from_db()
    assert ben.family_name == ""
