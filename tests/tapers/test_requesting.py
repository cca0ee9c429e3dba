"""A version is put before its prescriber as it was shown, while it is still so, and through a door that is open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinics.actor import Actor, NotAllowed, for_system, staff_in
from clinics.models import AddressKind, Clinic, Membership, Prescriber, User
from clinics.roles import Role
from clinics.services.confirmations import confirm_address
from clinics.services.prescribers import add_prescriber, change_prescriber, end_prescriber
from patients.actor import acting_patient
from patients.models import ContactConsent, Door, MedicineUse, Patient, Plan, SourceKind, Taper, TaperEnd
from patients.services import plan_moves
from patients.services.errors import Refused, TaperChanged
from patients.services.record import add_medicine, correct, end_medicine, mark_in_error
from patients.services.record_writing import Source
from patients.services.tapers import requesting
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.errors import (
    AddressNotConfirmed,
    DoorClosed,
    NoConsent,
    NotTakenNow,
    PrescriberGone,
    RecordChanged,
    TaperedAlready,
    TooLateToSign,
    TwoOfOneClass,
)
from patients.services.tapers.stopping import stop
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass
from protocols.domain.slots import Slot
from protocols.domain.terms import Rescue
from protocols.models import Medicine
from protocols.services.enabling import disable_for_taper, enable_for_taper
from protocols.services.medicines import add_medicine as add_to_list
from tests.fixtures.medicines import strengths
from tests.fixtures.personae import NOON, TODAY, make_member
from tests.fixtures.tapers import FIRST_DAY, NO_STOPS, on_day

SAID = Source(kind=SourceKind.PATIENT, as_of=TODAY)
ALL_DOORS = [Door.LINK, Door.FAX_OR_LETTER, Door.TELEPHONE, Door.CARRIED, Door.INSIDE]


def propose(taper: Taper, by: Actor, **changes: object) -> None:
    version = taper.versions.get(status="draft")
    arguments = {"shown": version.sha256, "at": NOON, "revision": taper.revision} | changes
    requesting.propose(taper, by=by, **arguments)  # type: ignore[arg-type]
    taper.refresh_from_db()


def send(taper: Taper, door: Door, by: Actor, *, at: object = NOON) -> str:
    """Where it went."""
    taper.refresh_from_db()
    return requesting.send(taper, door=door, by=by, at=at, revision=taper.revision).address  # type: ignore[arg-type]


@pytest.fixture
def proposed(draft_taper: Taper, by: Actor) -> Taper:
    """Frozen, and sent by no door yet; no address is confirmed, and she has not agreed to any letter."""
    propose(draft_taper, by)
    return draft_taper


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return staff_in(clinic, make_member(clinic, "clinic_admin_1@example.org", Role.CLINIC_ADMIN))


@pytest.fixture
def inside(clinic: Clinic, admin: Actor) -> Prescriber:
    """A colleague who is licensed to sign for acid-suppressing medicines and for benzodiazepines."""
    return add_prescriber(
        clinic,
        name="Dr Inside",
        user=make_member(clinic, "practitioner_2@example.org", Role.PRACTITIONER),
        licence_register="Register of physicians",
        licence_number="B-1",
        licensed_classes=["PPI", "benzodiazepine"],
        by=admin,
        at=NOON,
    )


@pytest.fixture
def inside_taper(
    plan: Plan, takes_omeprazole: MedicineUse, angelas_draft: Draft, inside: Prescriber, by: Actor
) -> Taper:
    taper = save_draft(plan, replace(angelas_draft, prescriber=inside), by=by, at=NOON)
    propose(taper, by)
    return taper


# --- Freezing the draft -------------------------------------------------------------------------------------


def test_what_is_proposed_waits_frozen_as_it_was_shown(draft_taper: Taper, by: Actor) -> None:
    before = draft_taper.versions.get()
    propose(draft_taper, by)
    version = draft_taper.versions.get()
    assert (draft_taper.status, version.status, version.proposed_at) == ("awaiting-signature", "proposed", NOON)
    assert bytes(version.content) == bytes(before.content)
    line = draft_taper.transitions.latest("pk")
    assert (line.move, line.from_status, line.to_status) == ("propose", "draft", "awaiting-signature")
    assert line.details == {"version": version.code, "sha256": version.sha256}


def test_a_draft_that_is_not_what_was_shown_is_not_sent(draft_taper: Taper, by: Actor) -> None:
    with pytest.raises(Refused, match="not what was shown"):
        propose(draft_taper, by, shown="0" * 64)
    assert draft_taper.versions.get().status == "draft"


def test_a_page_that_is_out_of_date_sends_nothing(draft_taper: Taper, by: Actor) -> None:
    with pytest.raises(TaperChanged):
        propose(draft_taper, by, revision=draft_taper.revision + 1)


def test_what_was_proposed_is_not_proposed_twice(proposed: Taper, by: Actor) -> None:
    with pytest.raises(Refused, match="no draft to send"):
        requesting.propose(proposed, shown=proposed.versions.get().sha256, by=by, at=NOON, revision=proposed.revision)


def test_a_plan_that_is_not_active_has_no_request(
    assign_plan: Callable[..., Plan], ben: Patient, angela: Patient, angelas_draft: Draft, by: Actor
) -> None:
    taper = save_draft(assign_plan(angela), angelas_draft, by=by, at=NOON)
    with pytest.raises(Refused, match="Activate the plan first"):
        propose(taper, by)


def test_a_plan_on_hold_has_one(draft_taper: Taper, plan: Plan, by: Actor) -> None:
    plan_moves.hold(plan, by=by, at=NOON, revision=plan.revision)
    propose(draft_taper, by)
    assert draft_taper.status == "awaiting-signature"


def test_past_the_latest_first_day_nothing_is_sent(draft_taper: Taper, by: Actor) -> None:
    latest = NOON + (FIRST_DAY - TODAY) + timedelta(days=28)
    with pytest.raises(TooLateToSign):
        propose(draft_taper, by, at=latest)
    propose(draft_taper, by, at=latest - timedelta(days=1))


def test_while_the_record_shows_two_of_one_class_nothing_is_sent(
    draft_taper: Taper, angela: Patient, by: Actor
) -> None:
    add_medicine(angela, name="Pantoprazole", medicine_class=MedicineClass.PPI, source=SAID, by=by, at=NOON)
    with pytest.raises(TwoOfOneClass):
        propose(draft_taper, by)


def test_once_the_record_says_more_nothing_is_sent(draft_taper: Taper, angela: Patient, by: Actor) -> None:
    for name, kind in (("Apixaban", MedicineClass.ANTICOAGULANT), ("Clopidogrel", MedicineClass.ANTIPLATELET)):
        add_medicine(angela, name=name, medicine_class=kind, source=SAID, by=by, at=NOON)
    with pytest.raises(RecordChanged):
        propose(draft_taper, by)


@pytest.mark.parametrize("how", ["corrected", "ended", "in error"])
def test_once_the_record_no_longer_says_that_she_takes_it_nothing_is_sent(
    how: str, draft_taper: Taper, takes_omeprazole: MedicineUse, by: Actor
) -> None:
    if how == "corrected":
        correct(takes_omeprazole, amount=Amount.parse("20 mg"), source=SAID, reason="Typed wrong.", by=by, at=NOON)
    elif how == "ended":
        end_medicine(takes_omeprazole, until=TODAY, source=SAID, by=by, at=NOON)
    else:
        mark_in_error(takes_omeprazole, reason="Somebody else’s.", by=by, at=NOON)
    with pytest.raises(NotTakenNow):
        propose(draft_taper, by, at=NOON + timedelta(days=1))


@pytest.mark.parametrize("who", ["system", "patient", "prescriber", "assistant", "stranger"])
def test_a_practitioner_proposes_and_nobody_else(
    who: str,
    draft_taper: Taper,
    angela: Patient,
    price: Actor,
    clinic: Clinic,
    assistant_1: User,
    other_clinic: Clinic,
    dr_dee: User,
) -> None:
    actors = {
        "system": for_system(),
        "patient": acting_patient(angela),
        "prescriber": price,
        "assistant": staff_in(clinic, assistant_1),
        "stranger": staff_in(other_clinic, dr_dee),
    }
    with pytest.raises(NotAllowed):
        propose(draft_taper, actors[who])
    assert draft_taper.versions.get().status == "draft"


# --- Doors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ALL_DOORS)
def test_before_it_is_proposed_nothing_is_sent(door: Door, draft_taper: Taper, by: Actor) -> None:
    with pytest.raises(Refused, match="Nothing waits for a signature"):
        send(draft_taper, door, by)


@pytest.mark.parametrize("door", [Door.LINK, Door.FAX_OR_LETTER, Door.TELEPHONE])
def test_without_her_agreement_the_prescriber_is_not_contacted(
    door: Door, proposed: Taper, confirmed_dr_price: Prescriber, by: Actor
) -> None:
    change_prescriber(confirmed_dr_price, telephone="+49 30 1", by=by, at=NOON)
    with pytest.raises(NoConsent):
        send(proposed, door, by)
    assert not proposed.versions.get().requests.exists()


def test_what_she_carries_herself_needs_no_agreement(proposed: Taper, by: Actor) -> None:
    assert send(proposed, Door.CARRIED, by) == ""


@pytest.mark.parametrize("door", [Door.LINK, Door.FAX_OR_LETTER])
def test_an_address_that_nobody_confirmed_is_not_written_to(
    door: Door, proposed: Taper, consent: ContactConsent, by: Actor
) -> None:
    with pytest.raises(AddressNotConfirmed):
        send(proposed, door, by)


@pytest.mark.parametrize("door", [Door.LINK, Door.FAX_OR_LETTER])
def test_what_the_author_confirmed_does_not_count(
    door: Door, proposed: Taper, consent: ContactConsent, dr_price: Prescriber, assistant_1: User, by: Actor
) -> None:
    for kind in AddressKind:
        confirm_address(dr_price, kind, register="Register", number="1", by=by, at=NOON)
    with pytest.raises(AddressNotConfirmed):
        send(proposed, door, by, at=NOON + timedelta(days=3))


def test_in_a_clinic_of_one_the_second_confirmation_a_day_later_counts(
    proposed: Taper, consent: ContactConsent, dr_price: Prescriber, by: Actor
) -> None:
    confirm = {"register": "Register", "number": "1", "by": by}
    confirm_address(dr_price, AddressKind.EMAIL, at=NOON, **confirm)
    with pytest.raises(AddressNotConfirmed):
        send(proposed, Door.LINK, by, at=NOON + timedelta(hours=25))
    confirm_address(dr_price, AddressKind.EMAIL, at=NOON + timedelta(hours=25), **confirm)
    assert send(proposed, Door.LINK, by, at=NOON + timedelta(hours=26)) == "dr_price@example.org"


def test_once_a_second_colleague_works_there_it_does_not(
    proposed: Taper, consent: ContactConsent, dr_price: Prescriber, by: Actor, clinic: Clinic
) -> None:
    confirm = {"register": "Register", "number": "1", "by": by}
    confirm_address(dr_price, AddressKind.EMAIL, at=NOON, **confirm)
    confirm_address(dr_price, AddressKind.EMAIL, at=NOON + timedelta(hours=25), **confirm)
    make_member(clinic, "assistant_7@example.org", Role.ASSISTANT)
    with pytest.raises(AddressNotConfirmed):
        send(proposed, Door.LINK, by, at=NOON + timedelta(hours=26))


def test_an_address_that_was_changed_counts_only_once_it_is_confirmed_anew(
    proposed: Taper, consent: ContactConsent, confirmed_dr_price: Prescriber, by: Actor
) -> None:
    change_prescriber(confirmed_dr_price, email="dr_price@example.net", by=by, at=NOON + timedelta(hours=1))
    with pytest.raises(AddressNotConfirmed):
        send(proposed, Door.LINK, by, at=NOON + timedelta(hours=2))


def test_an_address_that_became_a_colleagues_counts_no_more(
    proposed: Taper, consent: ContactConsent, confirmed_dr_price: Prescriber, by: Actor, clinic: Clinic
) -> None:
    make_member(clinic, "dr_price@example.org", Role.ASSISTANT)
    with pytest.raises(AddressNotConfirmed):
        send(proposed, Door.LINK, by)


@pytest.mark.parametrize(
    ("door", "address"),
    [
        (Door.LINK, "dr_price@example.org"),
        (Door.FAX_OR_LETTER, "+4930123456"),
        (Door.TELEPHONE, "+49 30 1"),
        (Door.CARRIED, ""),
    ],
)
def test_it_goes_to_the_address_as_it_stands(
    door: Door, address: str, proposed: Taper, consent: ContactConsent, confirmed_dr_price: Prescriber, by: Actor
) -> None:
    change_prescriber(confirmed_dr_price, telephone="+49 30 1", by=by, at=NOON)
    assert send(proposed, door, by).replace(" ", "") == address.replace(" ", "")
    request = proposed.versions.get().requests.get()
    assert (request.door, request.made_on, request.is_open, request.by_code) == (door.value, TODAY, True, by.code)


def test_without_a_fax_a_letter_goes_by_post(
    proposed: Taper, consent: ContactConsent, dr_price: Prescriber, by: Actor
) -> None:
    change_prescriber(dr_price, fax="", postal_address="1 High Street", by=by, at=NOON)
    assert send(proposed, Door.FAX_OR_LETTER, by) == "By post"


def test_without_a_number_nobody_telephones(proposed: Taper, consent: ContactConsent, by: Actor) -> None:
    with pytest.raises(DoorClosed, match="No telephone number"):
        send(proposed, Door.TELEPHONE, by)


@pytest.mark.parametrize("door", ALL_DOORS)
def test_a_prescriber_who_was_ended_is_sent_nothing(
    door: Door, proposed: Taper, consent: ContactConsent, confirmed_dr_price: Prescriber, by: Actor
) -> None:
    change_prescriber(confirmed_dr_price, telephone="+49 30 1", by=by, at=NOON)
    end_prescriber(confirmed_dr_price, by=by, at=NOON)
    with pytest.raises(PrescriberGone):
        send(proposed, door, by)


def test_an_outside_prescriber_does_not_sign_inside(proposed: Taper, by: Actor) -> None:
    with pytest.raises(DoorClosed, match="not a member of staff with a licence"):
        send(proposed, Door.INSIDE, by)


@pytest.mark.parametrize("door", [Door.LINK, Door.FAX_OR_LETTER, Door.TELEPHONE, Door.CARRIED])
def test_who_works_here_is_asked_inside_alone(door: Door, inside_taper: Taper, by: Actor) -> None:
    with pytest.raises(DoorClosed, match="works here"):
        send(inside_taper, door, by)
    assert send(inside_taper, Door.INSIDE, by) == ""


def test_whose_licence_covers_another_class_is_not_asked(
    inside_taper: Taper, inside: Prescriber, admin: Actor, by: Actor
) -> None:
    change_prescriber(inside, licensed_classes=["H2RA"], by=admin, at=NOON)
    with pytest.raises(DoorClosed):
        send(inside_taper, Door.INSIDE, by)


def test_who_has_left_is_not_asked(inside_taper: Taper, inside: Prescriber, by: Actor) -> None:
    Membership.objects.filter(user=inside.user).update(ended_at=NOON)
    with pytest.raises(DoorClosed):
        send(inside_taper, Door.INSIDE, by)


def test_an_assistant_may_send_and_a_stranger_may_not(
    proposed: Taper,
    consent: ContactConsent,
    confirmed_dr_price: Prescriber,
    clinic: Clinic,
    assistant_1: User,
    other_clinic: Clinic,
    dr_dee: User,
    angela: Patient,
    price: Actor,
) -> None:
    for by in (staff_in(other_clinic, dr_dee), acting_patient(angela), price, for_system()):
        with pytest.raises(NotAllowed):
            send(proposed, Door.LINK, by)
    assert send(proposed, Door.LINK, staff_in(clinic, assistant_1)) == "dr_price@example.org"


def test_sent_again_the_earlier_link_is_dead(
    proposed: Taper, consent: ContactConsent, confirmed_dr_price: Prescriber, by: Actor
) -> None:
    send(proposed, Door.LINK, by)
    send(proposed, Door.LINK, by, at=NOON + timedelta(days=2))
    earlier, newer = proposed.versions.get().requests.order_by("pk")
    assert (earlier.closed_at, earlier.closed_because) == (NOON + timedelta(days=2), "It was sent again.")
    assert newer.is_open
    assert earlier.nonce != newer.nonce


def test_sent_through_two_doors_both_are_open(
    proposed: Taper, consent: ContactConsent, confirmed_dr_price: Prescriber, by: Actor
) -> None:
    send(proposed, Door.LINK, by)
    send(proposed, Door.FAX_OR_LETTER, by)
    assert [request.is_open for request in proposed.versions.get().requests.all()] == [True, True]


def test_the_sweep_looks_21_days_after_the_first_request(
    proposed: Taper, consent: ContactConsent, confirmed_dr_price: Prescriber, by: Actor
) -> None:
    assert proposed.looks_at is None
    send(proposed, Door.LINK, by)
    send(proposed, Door.LINK, by, at=NOON + timedelta(days=5))
    proposed.refresh_from_db()
    assert proposed.looks_at is not None
    # Midnight in Berlin, in winter.
    assert proposed.looks_at.date() == date(2027, 1, 24)
    assert proposed.looks_at.hour == 23


# --- Controlled medicines -----------------------------------------------------------------------------------


@pytest.fixture
def diazepam(clinic: Clinic, by: Actor, inside: Prescriber) -> Medicine:
    """Of this clinic’s own list, enabled for tapers by the colleague who is licensed for it."""
    facts = {
        "substance": "diazepam",
        "name": "Diazepam",
        "medicine_class": "benzodiazepine",
        "form": "tablet",
        "release": "immediate",
        "may_be_halved": "half",
        "food": "any",
        "source": "The pharmacy’s list.",
    }
    medicine = add_to_list(clinic=clinic, facts=facts, strengths=strengths("2 mg", "5 mg"), by=by, at=NOON)
    assert inside.user is not None
    enable_for_taper(medicine, clinic=clinic, by=staff_in(clinic, inside.user), at=NOON)
    return medicine


@pytest.fixture
def controlled(plan: Plan, angela: Patient, diazepam: Medicine, dr_price: Prescriber, by: Actor) -> Taper:
    """A benzodiazepine, waiting for dr_price outside."""
    use = add_medicine(
        angela,
        medicine=diazepam,
        amount=Amount.parse("5 mg"),
        pattern="daily",
        times_of_day=[Slot.BEDTIME],
        since=date(2024, 1, 1),
        prescriber=dr_price,
        source=SAID,
        by=by,
        at=NOON,
    )
    draft = Draft(
        reduces=use,
        medicine=diazepam,
        prescriber=dr_price,
        start=((Slot.BEDTIME, Amount.parse("5 mg")),),
        recipe={
            "method": "explicit",
            "steps": [
                {"pattern": "daily", "days": 14, "take": [{"slot": "bedtime", "amount": "4 mg"}]},
                {"pattern": "daily", "days": 14, "take": [{"slot": "bedtime", "amount": "2 mg"}]},
            ],
        },
        planned_first_day=FIRST_DAY,
        indication="Insomnia",
        answers=NO_STOPS,
        rescue=Rescue(medicine="None", directions="Call us"),
    )
    taper = save_draft(plan, draft, by=by, at=NOON)
    propose(taper, by)
    return taper


def test_a_controlled_medicine_gets_no_outside_link(
    controlled: Taper, consent: ContactConsent, confirmed_dr_price: Prescriber, by: Actor
) -> None:
    with pytest.raises(DoorClosed, match="gets no outside link"):
        send(controlled, Door.LINK, by)
    assert send(controlled, Door.FAX_OR_LETTER, by)


def test_a_medicine_that_was_taken_off_the_list_is_not_sent(
    controlled: Taper, diazepam: Medicine, clinic: Clinic, inside: Prescriber, by: Actor
) -> None:
    requesting.withdraw(controlled, by=by, at=NOON, revision=controlled.revision)
    controlled.refresh_from_db()
    assert inside.user is not None
    disable_for_taper(diazepam, clinic=clinic, by=staff_in(clinic, inside.user), at=NOON)
    with pytest.raises(Refused, match="may no longer be tapered"):
        propose(controlled, by)


# --- One taper of a medicine --------------------------------------------------------------------------------


def test_the_same_medicine_has_one_open_taper(draft_taper: Taper, plan: Plan, angelas_draft: Draft, by: Actor) -> None:
    with pytest.raises(TaperedAlready):
        save_draft(plan, angelas_draft, by=by, at=NOON)


def test_also_where_the_line_of_the_record_was_corrected_meanwhile(
    draft_taper: Taper, plan: Plan, takes_omeprazole: MedicineUse, angelas_draft: Draft, by: Actor
) -> None:
    """The correction is another row: without a look at the substance she would come down twice."""
    corrected = correct(
        takes_omeprazole, amount=Amount.parse("20 mg"), source=SAID, reason="Typed wrong.", by=by, at=NOON
    )
    with pytest.raises(TaperedAlready):
        save_draft(plan, replace(angelas_draft, reduces=corrected), by=by, at=NOON)


def test_of_drafts_in_two_plans_one_is_sent(
    draft_taper: Taper, assign_plan: Callable[..., Plan], angela: Patient, angelas_draft: Draft, by: Actor
) -> None:
    with pytest.raises(TaperedAlready):
        save_draft(assign_plan(angela, key="another"), angelas_draft, by=by, at=NOON)


def test_once_a_taper_has_ended_another_may_begin(
    draft_taper: Taper, plan: Plan, angelas_draft: Draft, by: Actor
) -> None:
    stop(
        draft_taper,
        end=TaperEnd.CLINIC_ENDED_CARE,
        instruction="",
        by=by,
        at=NOON,
        revision=draft_taper.revision,
    )
    assert save_draft(plan, angelas_draft, by=by, at=on_day(-2)).status == "draft"
