"""The signed rescue plan, where nothing was said of how it is taken."""

from collections.abc import Callable
from dataclasses import replace

import time_machine

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import ContactConsent, Plan, Taper
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose
from protocols.domain.terms import Rescue
from tests.fixtures.personae import NOON
from tests.portal.visits import visiting


def test_a_rescue_plan_without_directions_names_the_medicine_alone(
    plan: Plan,
    angelas_draft: Draft,
    confirmed_dr_price: Prescriber,
    consent: ContactConsent,
    by: Actor,
    sign_taper: Callable[..., Taper],
    travel: time_machine.Traveller,
) -> None:
    draft = replace(angelas_draft, rescue=Rescue(medicine="Alginate", directions=""))
    taper = save_draft(plan, draft, by=by, at=NOON)
    propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
    visit = visiting(sign_taper(Taper.objects.get()), travel)
    for path in ("", "diary/"):
        text = visit(30).text(path)
        assert "Alginate" in text
        assert "Alginate :" not in text
