"""What a taper gives for symptoms belongs to whoever signed it: lifting a stop of it is that prescriber’s."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import Door, Finding, Patient, Plan, Taper
from patients.portal.stopped import stopped_now
from patients.services import record
from patients.services.safety.assessing import reassess
from patients.services.safety.deciding import Word, acknowledge, file_override, may_be_acknowledged, who_may_override
from patients.services.safety.errors import NotToBeAcknowledged
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose, send
from protocols.domain.terms import Rescue
from tests.fixtures.personae import NOON
from tests.fixtures.tapers import FIRST_DAY, on_day
from tests.safety.conftest import SOURCE


@pytest.fixture
def with_magnesium(
    plan: Plan, angelas_draft: Draft, confirmed_dr_price: Prescriber, consent: object, by: Actor, sign_taper: Callable
) -> Taper:
    """Omeprazole comes down, with magnesium hydroxide when needed."""
    rescue = Rescue(medicine="Magnesium hydroxide", directions="One tablet when needed.")
    drawn_up = save_draft(plan, replace(angelas_draft, rescue=rescue), by=by, at=NOON)
    version = drawn_up.versions.get()
    propose(drawn_up, shown=version.sha256, by=by, at=NOON, revision=drawn_up.revision)
    drawn_up.refresh_from_db()
    send(drawn_up, door=Door.LINK, by=by, at=NOON, revision=drawn_up.revision)
    drawn_up.refresh_from_db()
    return sign_taper(drawn_up)


@pytest.fixture
def block(with_magnesium: Taper, plan: Plan, angela: Patient, by: Actor) -> Finding:
    """R13: magnesium with impaired kidneys."""
    record.add_condition(angela, icd10cm_code="N18.30", source=SOURCE, by=by, at=NOON)
    reassess(plan, at=on_day(1))
    return next(row for row in plan.findings.standing() if row.rule == "R13")


def test_nobody_but_its_prescriber_lets_it_through(
    block: Finding, with_magnesium: Taper, dr_price: Prescriber, by: Actor
) -> None:
    assert block.stops == [with_magnesium.rescue_code]
    assert not may_be_acknowledged(block)
    with pytest.raises(NotToBeAcknowledged):
        acknowledge(block, reason="A little only.", by=by, at=on_day(1), revision=block.revision)
    assert who_may_override(block) == [(dr_price, with_magnesium.medicine.medicine_class)]
    word = Word(
        prescriber=dr_price.code,
        reason="Twice a week at most; her kidneys are watched.",
        door=Door.TELEPHONE,
        said_on=FIRST_DAY,
        is_read_back=True,
    )
    assert file_override(block, word, by=by, at=on_day(1), revision=block.revision).status == "overridden"


def test_the_page_says_that_she_asks_before_she_takes_it(
    block: Finding, with_magnesium: Taper, plan: Plan, angela: Patient
) -> None:
    [shown] = stopped_now(plan, user=angela.user, today=FIRST_DAY, tapers=[with_magnesium])
    assert (shown.name, shown.is_prescribed) == ("Magnesium hydroxide", True)
    assert shown.sentences[0] == "Ask your prescriber or us before you take it: your clinic is checking this."
    assert "because of your kidneys" in " ".join(shown.sentences)
