"""The link door as a browser without JavaScript sees it, at noon of the first day unless a test says otherwise."""

from collections.abc import Callable, Iterator

import pytest
import time_machine

from clinics.actor import Actor
from clinics.models import Prescriber
from patients.models import ContactConsent, Door, Plan, SigningRequest, Taper
from patients.services.tapers.drawing_up import Draft, save_draft
from patients.services.tapers.requesting import propose, send
from tests.fixtures.personae import NOON
from tests.prescriber.visiting import Browser


@pytest.fixture(autouse=True)
def travel() -> Iterator[time_machine.Traveller]:
    """The clock that the pages read; it stands still. Move it with `travel.move_to(..., tick=False)`."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def signing_request(sent_taper: Taper) -> SigningRequest:
    """What dr_price was sent a link for."""
    return SigningRequest.objects.get(version__taper=sent_taper)


@pytest.fixture
def visitor(signing_request: SigningRequest) -> Browser:
    """dr_price's browser: it has not followed the link yet."""
    return Browser(signing_request)


@pytest.fixture
def opened(visitor: Browser) -> Browser:
    """The same, with the code entered."""
    visitor.follow()
    visitor.open()
    return visitor


@pytest.fixture
def signed(opened: Browser) -> Browser:
    """The same, after agreeing."""
    opened.sign(opened.agree())
    return opened


@pytest.fixture
def send_draft(
    plan: Plan, confirmed_dr_price: Prescriber, consent: ContactConsent, by: Actor
) -> Callable[[Draft], Browser]:
    """Draw this up and send dr_price the link; an open browser."""

    def make(draft: Draft) -> Browser:
        taper = save_draft(plan, draft, by=by, at=NOON)
        propose(taper, shown=taper.versions.get().sha256, by=by, at=NOON, revision=taper.revision)
        taper.refresh_from_db()
        request = send(taper, door=Door.LINK, by=by, at=NOON, revision=taper.revision)
        visitor = Browser(request)
        visitor.follow()
        visitor.open()
        return visitor

    return make
