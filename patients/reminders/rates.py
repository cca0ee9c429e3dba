"""How fast a channel may be used, and each provider of one that has several: read out of the settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from django.conf import settings

from patients.models import Channel
from patients.reminders.channels.push_subscription import is_listed

HAVE_PROVIDERS = frozenset({Channel.PUSH.value})
"""The channels whose provider a browser chooses, so that there are several: the others have the one of the settings."""
_HOST = r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+"


class RateError(ValueError):
    """A rate that is none; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many hand-overs in such a time, spread evenly, but for a first second’s worth at once."""

    count: int
    within: timedelta

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """“10/s”, “600/min” or “5000/h”; None for an empty text: no limit. Raises `RateError`."""
        if not text:
            return None
        found = re.fullmatch(r"([1-9][0-9]{0,6})/(s|min|h)", text)
        if found is None:
            raise RateError(f"“{text}” is no rate. Write for example 10/s, 600/min or 5000/h.")
        return cls(int(found[1]), timedelta(seconds={"s": 1, "min": 60, "h": 3600}[found[2]]))

    @property
    def apart(self) -> timedelta:
        """From one hand-over to the next."""
        return self.within / self.count

    @property
    def ahead(self) -> timedelta:
        """How far ahead of its pace it may be: the first second’s worth, or one."""
        return max(timedelta(seconds=1), self.apart)


@dataclass(frozen=True, slots=True)
class Rates:
    """Those of one channel. whole: of all its providers together. by_host: of each one that is so named, by itself."""

    whole: Rate | None
    by_host: Mapping[str, Rate]

    @classmethod
    def parse(cls, channel: str, text: str) -> Self:
        """“100/s”, or “100/s, fcm.googleapis.com=50/s, *.push.apple.com=10/s”. Raises `RateError`.

        The first host that fits counts, and “*.” stands for one name or several before the rest.
        """
        whole, by_host = None, {}
        for number, part in enumerate(text.split(",")):
            host, equals, rate = (each.strip() for each in part.rpartition("="))
            parsed = Rate.parse(rate)
            if not equals and number == 0:
                whole = parsed
                continue
            if channel not in HAVE_PROVIDERS:
                raise RateError(f"“{part.strip()}” is one rate too many: {channel} has one provider.")
            if re.fullmatch(_HOST, host) is None or parsed is None:
                raise RateError(f"“{part.strip()}” is no rate of a provider. Write for example push.example.org=10/s.")
            by_host[host] = parsed
        return cls(whole, by_host)

    def of(self, provider: str) -> Rate | None:
        """That of one provider, by its host; None: no limit of its own."""
        return next((rate for host, rate in self.by_host.items() if is_listed(provider, [host])), None)


def rate_of(channel: str, provider: str = "") -> Rate | None:
    """How fast this channel may be used, or this provider of it, as the settings have it; None: no limit."""
    rates = Rates.parse(channel, settings.MESSAGE_RATES.get(channel, ""))
    return rates.of(provider) if provider else rates.whole
