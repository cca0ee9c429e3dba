"""A model whose usual time is 9:00 is as right at nine o’clock as at any other hour."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core import checks


@pytest.mark.parametrize("hour", [7, 8, 9, 21])
def test_no_hour_of_the_day_makes_the_system_check_complain(hour: int) -> None:
    with time_machine.travel(datetime(2027, 1, 4, hour, tzinfo=UTC), tick=False):
        found = checks.run_checks(tags=[checks.Tags.models])
    assert [message for message in found if not message.is_silenced()] == []
