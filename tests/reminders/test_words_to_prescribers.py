"""A prescriber reads a count and a link: no name, no medicine, nothing that tells; and so do patients and staff."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from clinics.actor import Actor
from clinics.models import Clinic, Prescriber
from patients.actor import acting_patient
from patients.models import Door, Patient, Plan, ReviewAnswer, SigningRequest, SourceKind, Taper, UseKind
from patients.models.private_links import signing_token
from patients.reminders.channels import Envelope
from patients.services.record import add_medicine, add_medicine_review
from patients.services.record_writing import Source
from patients.services.tapers import using
from patients.services.tapers.consent import give_consent
from patients.services.tapers.drawing_up import Draft
from patients.services.tapers.requesting import propose
from patients.services.tapers.signing import Agreement, sign
from protocols.domain.wording import forbidden_claims, missing_hypothesis
from tests.fixtures.personae import NOON, TODAY
from tests.fixtures.tapers import on_day
from tests.reminders.of_tapers import send_and_sign

Sweep = Callable[[datetime], list[Envelope]]
TELLING = ("angela", "omeprazole", "taper", "heartburn", "alginate", "medicine", "dose", "gut", "lindenhof", "bleed")


def to_price(envelopes: list[Envelope]) -> list[Envelope]:
    return [envelope for envelope in envelopes if envelope.address == "dr_price@example.org"]


def everything(envelope: Envelope) -> str:
    return f"{envelope.sender_name} {envelope.subject} {envelope.text} {envelope.html}"


def link_of(request: SigningRequest) -> str:
    return f"{settings.PUBLIC_URL}/prescriber/{signing_token(request)}/"


@pytest.fixture
def leave(angela: Patient) -> Callable[..., None]:
    """Angela says on day 12 that she stopped: leave(taper)."""

    def make(taper: Taper) -> None:
        using.report_use(taper, kind=UseKind.STOPPED, by=acting_patient(angela), at=on_day(12))

    return make


def test_no_message_about_a_taper_tells_anything(
    taper: Taper, leave: Callable[..., None], angela: Patient, sweep_at: Sweep
) -> None:
    sent = sweep_at(NOON)
    leave(taper)
    using.report_red_flags(taper, flags=["bloody-stool"], by=acting_patient(angela), at=on_day(12))
    for minutes in range(3):
        sent += sweep_at(on_day(12) + timedelta(minutes=minutes))
    sent += sweep_at(on_day(29).replace(hour=8))
    assert {envelope.address.partition("@")[0] for envelope in sent} == {"angela", "dr_cho", "dr_price"}
    tokens = [signing_token(request) for request in SigningRequest.objects.all()]
    for envelope in sent:
        words = everything(envelope).replace("Content-Type", "")
        for token in tokens:
            words = words.replace(token, "")
        words = words.replace(settings.PUBLIC_URL, "").lower()
        assert [telling for telling in TELLING if telling in words] == []
        assert angela.code.lower() not in words or envelope.address != "dr_price@example.org"


def test_what_is_told_after_signing_carries_the_link_that_was_signed_by(
    taper: Taper, leave: Callable[..., None], sweep_at: Sweep
) -> None:
    sweep_at(NOON)
    leave(taper)
    (message,) = to_price(sweep_at(on_day(12)))
    assert link_of(SigningRequest.objects.get()) in message.text
    assert message.subject == "A note waits for you"


def test_a_prescriber_who_never_had_a_link_is_asked_to_ring(
    draft_taper: Taper,
    confirmed_dr_price: Prescriber,
    consent: object,
    clinic: Clinic,
    by: Actor,
    leave: Callable[..., None],
    sweep_at: Sweep,
) -> None:
    """Signed by telephone: the email address is confirmed, yet nothing was ever sent there that could be opened."""
    Clinic.objects.update(telephone="+49 30 555")
    version = draft_taper.versions.get()
    propose(draft_taper, shown=version.sha256, by=by, at=NOON, revision=draft_taper.revision)
    said = {"agreement": Agreement(), "means": "Read back by telephone."}
    sign(draft_taper, door=Door.TELEPHONE, version_sha256=version.sha256, **said, by=by, at=NOON)
    leave(Taper.objects.get())
    (message,) = to_price(sweep_at(on_day(12)))
    assert "/prescriber/" not in message.text + message.html
    assert "Please ring us: +49 30 555." in message.text


def test_requests_for_two_patients_go_in_one_message_with_a_link_each(
    plan: Plan,
    ben: Patient,
    activate_plan: Callable[..., Plan],
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    consent: object,
    by: Actor,
    sweep_at: Sweep,
) -> None:
    send_and_sign(plan, angelas_draft, by=by)
    send_and_sign(activate_plan(ben), as_for(ben, angelas_draft, by=by), by=by)
    (message,) = to_price(sweep_at(NOON))
    assert message.subject == "2 notes wait for you"
    assert [link_of(request) in message.text for request in SigningRequest.objects.all()] == [True, True]
    assert [link_of(request) in message.html for request in SigningRequest.objects.all()] == [True, True]


def as_for(patient: Patient, draft: Draft, *, by: Actor) -> Draft:
    """The same draft for somebody else, who takes the same and agrees to dr_price being written to."""
    source = Source(kind=SourceKind.PATIENT, as_of=TODAY)
    add_medicine_review(patient, answer=ReviewAnswer.COMPLETE, source=source, by=by, at=NOON)
    use = add_medicine(patient, medicine=draft.medicine, prescriber=draft.prescriber, source=source, by=by, at=NOON)
    give_consent(patient, draft.prescriber, given_on=TODAY, how="Said so.", by=by, at=NOON)
    return replace(draft, reduces=use)


def test_the_words_of_all_messages_claim_nothing() -> None:
    templates = sorted(Path(settings.BASE_DIR, "templates", "emails").iterdir())
    assert len(templates) > 20
    for template in templates:
        words = template.read_text()
        assert (forbidden_claims(words), missing_hypothesis(words)) == ([], False), template.name
