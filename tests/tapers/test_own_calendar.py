"""The private address of a calendar: she alone makes it, renews it and ends it."""

import pytest

from clinics.actor import Actor, NotAllowed
from patients.actor import acting_patient
from patients.models import CalendarFeed, Patient
from patients.models.private_links import feed_of, feed_token
from patients.services.errors import Refused
from patients.services.tapers.own_calendar import choose_detail, make_feed, renew_feed, revoke_feed
from tests.fixtures.personae import NOON


@pytest.fixture
def she(angela: Patient) -> Actor:
    return acting_patient(angela)


@pytest.fixture
def feed(angela: Patient, she: Actor) -> CalendarFeed:
    return make_feed(angela, by=she, at=NOON)


def test_its_address_opens_it(feed: CalendarFeed) -> None:
    assert feed_of(feed_token(feed)) == feed
    assert not feed.shows_detail


def test_asked_for_twice_it_is_the_same(feed: CalendarFeed, angela: Patient, she: Actor) -> None:
    assert make_feed(angela, shows_detail=True, by=she, at=NOON) == feed
    assert CalendarFeed.objects.get().shows_detail is False


def test_renewed_the_old_address_opens_nothing(feed: CalendarFeed, she: Actor) -> None:
    choose_detail(feed, shows_detail=True, by=she)
    renewed = renew_feed(feed, by=she, at=NOON)
    assert feed_of(feed_token(feed)) is None
    assert feed_of(feed_token(renewed)) == renewed
    assert renewed.shows_detail
    assert renewed.nonce != feed.nonce


def test_ended_it_opens_nothing_and_cannot_be_ended_again(feed: CalendarFeed, angela: Patient, she: Actor) -> None:
    revoke_feed(feed, by=she, at=NOON)
    assert feed_of(feed_token(feed)) is None
    for act in (revoke_feed, renew_feed):
        with pytest.raises(Refused, match="ended already"):
            act(feed, by=she, at=NOON)
    assert make_feed(angela, by=she, at=NOON) != feed
    assert CalendarFeed.objects.count() == 2


def test_nobody_else_makes_or_changes_it(feed: CalendarFeed, angela: Patient, ben: Patient, by: Actor) -> None:
    for other in (by, acting_patient(ben)):
        with pytest.raises(NotAllowed):
            make_feed(angela, by=other, at=NOON)
        with pytest.raises(NotAllowed):
            revoke_feed(feed, by=other, at=NOON)
        with pytest.raises(NotAllowed):
            choose_detail(feed, shows_detail=True, by=other)
    assert CalendarFeed.objects.get() == feed


def test_a_token_that_was_changed_opens_nothing(feed: CalendarFeed) -> None:
    token = feed_token(feed)
    for wrong in (token[:-1], token + "0", token.replace("-", "_"), "", feed.code, f"{feed.code}-"):
        assert feed_of(wrong) is None
