"""Whether rescue medicine is needed as often as the signed plan names, and until when that is so.

Days before the last hold ended, and those about which somebody decided that the taper goes on, count no more.
"""

from datetime import date, timedelta

from patients.models import Taper
from patients.models.taper_course import signed_terms, signed_version_on, signed_versions
from protocols.domain.red_flags import rescue_days_reached
from protocols.domain.terms import Rescue


def needs_rescue_too_often(taper: Taper, *, on: date) -> bool:
    """Whether the days with rescue medicine reach the signed threshold on that day.

    Whoever loads tapers for a page prefetches their diaries.
    """
    rescue = signed_rescue(taper, on=on)
    return rescue is not None and rescue_days_reached(
        rescue_days(taper), on=on, threshold_days=rescue.threshold_days, within_days=rescue.within_days
    )


def rescue_over_until(taper: Taper, *, on: date) -> date | None:
    """The last day on which the rescue days of today still reach the threshold; None if they don’t reach it.

    It goes by what is written by then: another day with rescue medicine makes it later.
    """
    rescue = signed_rescue(taper, on=on)
    if rescue is None or not needs_rescue_too_often(taper, on=on):
        return None
    newest_first = sorted((day for day in rescue_days(taper) if day <= on), reverse=True)
    # Once this day has left the window, one too few is in it.
    return newest_first[rescue.threshold_days - 1] + timedelta(days=rescue.within_days - 1)


def rescue_words(taper: Taper, *, on: date) -> str:
    """“Rescue medicine on 5 of the last 7 days; a hold is proposed from 4 on”. Empty before the first signature."""
    rescue = signed_rescue(taper, on=on)
    if rescue is None:
        return ""
    first = on - timedelta(days=rescue.within_days - 1)
    count = sum(1 for day in rescue_days(taper) if first <= day <= on)
    return (
        f"Rescue medicine on {count} of the last {rescue.within_days} days; a hold is proposed from "
        f"{rescue.threshold_days} on"
    )


def rescue_days(taper: Taper) -> list[date]:
    """The days with rescue medicine that still count, each once."""
    holds = [hold for version in signed_versions(taper) for hold in version.holds.all()]
    counts_from = [hold.resumed_on for hold in holds if hold.resumed_on is not None]
    if taper.rescue_decided_on is not None:
        counts_from.append(taper.rescue_decided_on + timedelta(days=1))
    since = max(counts_from, default=date.min)
    return [
        entry.on
        for entry in taper.diary.all()
        if entry.replaced_at is None and entry.rescue_doses and entry.on >= since
    ]


def signed_rescue(taper: Taper, *, on: date) -> Rescue | None:
    """The rescue plan that counts on that day: of the version in force, or of the first before it begins."""
    counting = signed_version_on(taper, on)
    return None if counting is None else signed_terms(counting).rescue
