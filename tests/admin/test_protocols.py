"""A draft is edited, looked at on the calendar and published; what is published is only read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinics.actor import Actor
from clinics.models import Clinic, User
from protocols.models import (
    CriterionTemplate,
    OrderTemplate,
    PhaseTemplate,
    Supplement,
    TemplateVersion,
    VersionStatus,
)
from protocols.services.templates import draft_from, publish
from tests.admin.conftest import mark_of_page, text_of
from tests.fixtures.personae import NOON, make_version


@pytest.fixture
def draft(version: TemplateVersion, by: Actor) -> TemplateVersion:
    return draft_from(version, by=by, at=NOON)


def address(version: TemplateVersion, page: str = "change") -> str:
    return reverse(f"admin:protocols_templateversion_{page}", args=[version.code])


def sent_by(page: Any) -> dict[str, Any]:
    """What a browser would send if nothing was changed: every field of every form of the page."""
    sent: dict[str, Any] = {**mark_of_page(page)}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
        for row in inline.formset.initial_forms:
            for nested in getattr(row, "nested_formsets", []):
                forms += [nested.formset.management_form, *nested.formset.initial_forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False and value != "":
                sent[field.html_name] = "on" if value is True else value
    return sent


def test_a_draft_opens_with_its_parts_and_saves_unchanged(cho: Client, draft: TemplateVersion) -> None:
    before = (
        list(draft.phases.values_list()),
        list(draft.orders.values_list()),
        list(CriterionTemplate.objects.filter(phase__version=draft).values_list()),
    )
    page = cho.get(address(draft))
    assert "Nothing stands in the way of publishing this draft." in text_of(page)
    answer = cho.post(address(draft), sent_by(page))
    assert answer.status_code == 302
    after = (
        list(draft.phases.values_list()),
        list(draft.orders.values_list()),
        list(CriterionTemplate.objects.filter(phase__version=draft).values_list()),
    )
    assert before == after


def changed(page: Any, part: Any, **values: Any) -> dict[str, Any]:
    """The page's fields with some of this part's changed."""
    sent = sent_by(page)
    [prefix] = {
        name.rpartition("-")[0]
        for name, value in sent.items()
        if name.endswith("-id") and value == part.pk and name.startswith(("phases", "orders"))
        if ("criteria" in name) == isinstance(part, CriterionTemplate)
        if name.startswith("orders") == isinstance(part, OrderTemplate)
    }
    return sent | {f"{prefix}-{name}": value for name, value in values.items()}


def test_phases_orders_and_criteria_of_a_draft_are_edited(cho: Client, draft: TemplateVersion) -> None:
    page = cho.get(address(draft))
    remove = draft.phases.get(key="remove")
    criterion = remove.criteria.get(key="days")
    order = draft.orders.get(key="enzymes")
    sent = changed(page, remove, duration_days=35)
    sent |= {
        name: value
        for part, values in [
            (criterion, {"days": 14}),
            (order, {"amount_value": "2", "amount_unit": "{capsule}", "times_of_day": ["bedtime", "with-lunch"]}),
        ]
        for name, value in changed(page, part, **values).items()
        if value != sent.get(name) and name.rpartition("-")[2] in values
    }
    assert cho.post(address(draft), sent).status_code == 302
    remove.refresh_from_db()
    criterion.refresh_from_db()
    order.refresh_from_db()
    assert remove.duration_days == 35
    assert criterion.parameters == {"days": 14}
    assert order.amount is not None
    assert order.amount.display() == "2 capsules"
    assert order.times_of_day == ["with-lunch", "bedtime"]


@pytest.mark.parametrize(
    ("key", "values", "field"),
    [("remove", {"duration_days": 0}, "duration_days")],
)
def test_a_phase_of_zero_days_is_refused(
    cho: Client, draft: TemplateVersion, key: str, values: dict[str, Any], field: str
) -> None:
    page = cho.get(address(draft))
    phase = draft.phases.get(key=key)
    answer = cho.post(address(draft), changed(page, phase, **values))
    assert answer.status_code == 200
    assert "A phase lasts at least one day." in text_of(answer)
    phase.refresh_from_db()
    assert phase.duration_days == 28


def test_a_criterion_of_so_many_days_needs_the_days(cho: Client, draft: TemplateVersion) -> None:
    criterion = CriterionTemplate.objects.get(phase__version=draft, key="days")
    answer = cho.post(address(draft), changed(cho.get(address(draft)), criterion, days=""))
    assert answer.status_code == 200
    assert "The least number of days is a whole number from 1 to 730" in text_of(answer)
    criterion.refresh_from_db()
    assert criterion.parameters == {"days": 21}


def test_an_order_chooses_among_the_phases_of_its_own_version(
    cho: Client, draft: TemplateVersion, version: TemplateVersion
) -> None:
    order = draft.orders.get(key="enzymes")
    foreign = version.phases.get(key="replace")
    answer = cho.post(address(draft), changed(cho.get(address(draft)), order, last_phase=foreign.pk))
    assert answer.status_code == 200
    assert "Select a valid choice." in text_of(answer)


def test_a_part_is_taken_out_of_a_draft(cho: Client, draft: TemplateVersion) -> None:
    order = draft.orders.get(key="enzymes")
    cho.post(address(draft), changed(cho.get(address(draft)), order, DELETE="on"))
    assert not draft.orders.filter(key="enzymes").exists()


def test_what_stands_in_the_way_of_publishing_is_said_on_the_draft(cho: Client, draft: TemplateVersion) -> None:
    PhaseTemplate.objects.filter(version=draft, key="remove").update(purpose="It will cure you.")
    sentence = "patients would read a claim (cure)"
    assert sentence in text_of(cho.get(address(draft)))
    assert sentence in text_of(cho.get(address(draft, "publish")))
    assert sentence in text_of(cho.post(address(draft, "publish")))
    draft.refresh_from_db()
    assert draft.status == VersionStatus.DRAFT.value


def test_a_protocol_without_phases_is_not_published(cho: Client, clinic: Clinic) -> None:
    empty = make_version(clinic, publish_by=None, title="Empty")
    empty.orders.all().delete()
    empty.phases.all().delete()
    assert "A protocol needs at least one phase: add one." in text_of(cho.post(address(empty, "publish")))
    empty.refresh_from_db()
    assert empty.status == VersionStatus.DRAFT.value


def test_publishing_is_confirmed_and_retires_the_earlier_version(
    cho: Client, draft: TemplateVersion, version: TemplateVersion
) -> None:
    assert "Version 1, which is assigned now, is retired." in text_of(cho.get(address(draft, "publish")))
    draft.refresh_from_db()
    assert draft.status == VersionStatus.DRAFT.value
    answer = cho.post(address(draft, "publish"), follow=True)
    assert "It can be assigned from now on, and never changes." in text_of(answer)
    version.refresh_from_db()
    draft.refresh_from_db()
    assert (version.status, draft.status, draft.published_at) == ("retired", "published", NOON)


def test_a_published_version_is_only_read(cho: Client, version: TemplateVersion, draft: TemplateVersion) -> None:
    sent = sent_by(cho.get(address(draft))) | {"summary": "Changed."}
    page = cho.get(address(version))
    assert "<textarea" not in page.content.decode()
    assert "New draft from this version" in text_of(page)
    cho.post(address(version), sent)
    version.refresh_from_db()
    assert version.summary == "For tests."


def test_a_new_draft_carries_everything_over(cho: Client, version: TemplateVersion) -> None:
    address_of_draft = address(version, "new_draft")
    assert "Plans that were assigned from this version stay as they are." in text_of(cho.get(address_of_draft))
    assert TemplateVersion.objects.count() == 1
    answer = cho.post(address_of_draft, follow=True)
    assert "This is the new draft" in text_of(answer)
    draft = TemplateVersion.objects.get(number=2)
    assert draft.orders.count() == version.orders.count()


def test_the_calendar_is_laid_out_from_a_chosen_day(cho: Client, version: TemplateVersion) -> None:
    words = text_of(cho.get(address(version), {"starts_on": "2027-06-01"}))
    assert "Remove Tue 1 Jun 2027 Mon 28 Jun 2027 28" in words
    for nonsense in ["2027-02-30", "tomorrow", ""]:
        words = text_of(cho.get(address(version), {"starts_on": nonsense}))
        assert "Remove Mon 4 Jan 2027" in words, nonsense


def test_a_protocol_is_renamed(cho: Client, version: TemplateVersion) -> None:
    where = reverse("admin:protocols_protocoltemplate_change", args=[version.template.code])
    cho.post(where, {"title": "Six phases"})
    version.template.refresh_from_db()
    assert version.template.title == "Six phases"


def test_the_day_of_publishing_is_the_clinics_own(cho: Client, version: TemplateVersion, clinic: Clinic) -> None:
    clinic.zone = "Pacific/Auckland"
    clinic.save()
    # It was published at noon of the 4th in Berlin, when the 5th began there.
    for page in [
        reverse("admin:protocols_protocoltemplate_change", args=[version.template.code]),
        reverse("admin:protocols_templateversion_changelist"),
    ]:
        words = text_of(cho.get(page))
        assert "5 January 2027" in words or "5 Jan 2027" in words, page


def test_an_order_of_a_draft_is_chosen_from_the_catalogue_and_begins_slowly(
    cho: Client, draft: TemplateVersion, shelved: Callable[[str], Supplement], own_supplement: Supplement
) -> None:
    fibre, order = shelved("phgg-powder"), draft.orders.filter(item_kind="supplement").first()
    assert order is not None
    page = cho.get(address(draft))
    assert str(own_supplement) in text_of(page)
    values = {
        "supplement": fibre.pk,
        "amount_value": "6",
        "amount_unit": "g",
        "titration": "1.5 g for 3 days\n3 g for 1 day",
        "starts_after_days": 4,
        "counts_as": "fibre",
    }
    assert cho.post(address(draft), changed(page, order, **values)).status_code == 302
    order.refresh_from_db()
    assert (order.supplement, order.starts_after_days, order.counts_as) == (fibre, 4, "fibre")
    assert order.titration == [{"days": 3, "amount": "1.5 g"}, {"days": 1, "amount": "3 g"}]
    again = cho.get(address(draft))
    assert "1.5 g for 3 days\n3 g for 1 day" in again.content.decode()
    cho.post(address(draft), sent_by(again))
    order.refresh_from_db()
    assert order.titration == [{"days": 3, "amount": "1.5 g"}, {"days": 1, "amount": "3 g"}]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"titration": "a little"}, "“a little” is no stage."),
        ({"titration": "9 g for 3 days"}, "it has to be above 0 and below the full 6 g"),
        ({"titration": "500 mg for 3 days"}, "write both in one"),
        ({"amount_unit": "mL"}, "write the dose in g."),
        ({"item_kind": "diet"}, "Only a supplement is chosen from here"),
    ],
)
def test_what_does_not_fit_the_product_is_said(
    cho: Client, draft: TemplateVersion, shelved: Callable[[str], Supplement], values: dict[str, Any], sentence: str
) -> None:
    order = draft.orders.filter(item_kind="supplement").first()
    assert order is not None
    page = cho.get(address(draft))
    sent = {"supplement": shelved("phgg-powder").pk, "amount_value": "6", "amount_unit": "g"} | values
    answer = cho.post(address(draft), changed(page, order, **sent))
    assert answer.status_code == 200
    assert sentence in text_of(answer)


def test_a_supplement_of_another_clinic_is_not_offered(
    dee: Client, other_clinic: Clinic, dr_dee: User, own_supplement: Supplement
) -> None:
    theirs = make_version(other_clinic, publish_by=None, title="Theirs")
    assert str(own_supplement) not in text_of(dee.get(address(theirs)))


def test_a_new_draft_keeps_what_orders_are_of_the_catalogue(
    draft: TemplateVersion, shelved: Callable[[str], Supplement], by: Actor
) -> None:
    order = draft.orders.filter(item_kind="supplement").first()
    assert order is not None
    order.supplement, order.starts_after_days = shelved("phgg-powder"), 3
    order.save()
    publish(draft, by=by, at=NOON)
    copy = draft_from(draft, by=by, at=NOON).orders.get(key=order.key)
    assert (copy.supplement, copy.starts_after_days) == (order.supplement, 3)
