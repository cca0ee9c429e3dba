"""No version begins after the latest first day that was signed: not by a late signature, not after a long hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from patients.models import Signature, Taper
from patients.services.errors import Refused
from patients.services.tapers.drawing_up import Draft
from patients.services.tapers.errors import TooLateToSign
from tests.fixtures.lives import Life, day
from tests.fixtures.tapers import FIRST_DAY, on_day


@pytest.fixture
def angelas_draft(angelas_draft: Draft) -> Draft:
    """To begin on day 1, at the latest on day 4."""
    return replace(angelas_draft, latest_first_day=FIRST_DAY + timedelta(days=3))


def test_signed_the_day_before_it_begins_on_it(sent_taper: Taper, sign_taper: Callable[..., Taper]) -> None:
    assert sign_taper(sent_taper, at=on_day(3)).versions.get().begins_on == day(4)


def test_signed_on_it_day_one_would_come_after_it(sent_taper: Taper, sign_taper: Callable[..., Taper]) -> None:
    with pytest.raises(TooLateToSign, match="day one would come after the latest first day"):
        sign_taper(sent_taper, at=on_day(4))
    assert not Signature.objects.exists()


def test_a_hold_before_the_start_may_end_on_it(life: Life) -> None:
    life.hold(0)
    life.resume(4)
    assert life.all_mg([3, 4]) == [0, 20]


def test_after_it_the_hold_does_not_end_without_a_new_signature(life: Life) -> None:
    life.hold(0)
    with pytest.raises(Refused, match=r"by 14 January 2027 at the latest.*needs a new signature"):
        life.resume(5)
    assert (life.status, life.all_mg([5, 6])) == ("held", [0, 0])
