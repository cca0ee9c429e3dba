"""Warning signs, rescue days and acid rebound: what is watched while an acid suppressant comes down.

The texts are read by patients. They stand before any dose on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from protocols.domain.sources import HowRead

# --- Warning signs ------------------------------------------------------------------------------------------

_DRUG_FACTS: Final = "US Drug Facts of esomeprazole without prescription, DailyMed 2024–25"
EMERGENCY: Final = "Call the emergency number now, or have somebody take you to an emergency department."
"""The sentence of what cannot wait. Numbers differ between countries, so none is named."""
_OTHERWISE: Final = "If nobody can see you today, go to an emergency department."


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """One warning sign.

    key: how a report stores it; it never changes. name: for clinicians, within a sentence. sentence: what the patient
    ticks. emergency_text: what she reads at once when she has. citation: where the sign is named as one; the
    emergency texts are our own.
    """

    key: str
    name: str
    sentence: str
    emergency_text: str
    citation: str = _DRUG_FACTS
    mark: HowRead = HowRead.PRIMARY


def _by_key(*flags: RedFlag) -> Mapping[str, RedFlag]:
    return MappingProxyType({flag.key: flag for flag in flags})


RED_FLAGS: Final = _by_key(
    RedFlag(
        key="chest-pain",
        name="chest or shoulder pain with breathlessness, sweating or dizziness",
        sentence="I have pain in my chest or shoulder, and I am short of breath, sweating or dizzy.",
        emergency_text=f"This can come from the heart. {EMERGENCY} Do not wait to see whether it passes.",
    ),
    RedFlag(
        key="vomiting-blood",
        name="vomiting blood",
        sentence="I have vomited blood, or something that looks like coffee grounds.",
        emergency_text=f"This can be bleeding in the stomach. {EMERGENCY}",
    ),
    RedFlag(
        key="bloody-stool",
        name="bloody or black stools",
        sentence="My stool is bloody, or black like tar.",
        emergency_text=f"This can be bleeding in the gut. {EMERGENCY}",
    ),
    RedFlag(
        key="swallowing",
        name="trouble or pain when swallowing",
        sentence="Swallowing is difficult or hurts.",
        emergency_text="If food is stuck, or you cannot swallow your saliva, call the emergency number now. "
        f"Otherwise call a doctor today. {_OTHERWISE}",
    ),
    RedFlag(
        key="persistent-vomiting",
        name="persistent vomiting",
        sentence="I keep vomiting.",
        emergency_text="If you cannot keep fluids down, are confused or faint, call the emergency number now. "
        f"Otherwise call a doctor today. {_OTHERWISE}",
    ),
    RedFlag(
        key="weight-loss",
        name="unexplained weight loss",
        sentence="I have lost weight without trying, and I don’t know why.",
        emergency_text=f"Call a doctor today: this needs to be looked into soon. {_OTHERWISE} "
        "If you faint or feel very ill, call the emergency number now.",
    ),
)
"""By key, the most urgent first: in this order they are asked and shown."""


# --- Rescue days --------------------------------------------------------------------------------------------


def rescue_days_reached(days_with_rescue: Iterable[date], *, on: date, threshold_days: int, within_days: int) -> bool:
    """Whether rescue medicine was taken on at least `threshold_days` of the `within_days` days that end on `on`.

    A day counts once, however many doses were taken. Days after `on`, and days without a record, count for nothing.
    Both numbers are those that were signed. Raises `ValueError` for a threshold that no day or no window can reach.
    """
    if not 1 <= threshold_days <= within_days:
        raise ValueError(
            f"{threshold_days} days within {within_days} is no threshold: write at least 1, and no more than the days "
            "it is counted in."
        )
    first = on - timedelta(days=within_days - 1)
    return len({day for day in days_with_rescue if first <= day <= on}) >= threshold_days


# --- Acid rebound -------------------------------------------------------------------------------------------

ONSET_FROM_DAY: Final = 3
ONSET_TO_DAY: Final = 14
WATCH_TO_DAY: Final = 56
RELAPSE_FROM_DAY: Final = 29
REBOUND_CITATION: Final = (
    "Reimer C et al., Gastroenterology 2009;137:80–87, doi 10.1053/j.gastro.2009.03.058: symptoms in 44% against 15% "
    "in weeks 1–4 after stopping, from the second week on, and in about 21% against 2% still in week 4. The days of "
    "the window are our own reading of it and of NHS Highland, bpac NZ 2014 and Medsafe 2019."
)
REBOUND_MARK: Final = HowRead.OWN
REBOUND_FOR_PATIENTS: Final = (
    "After the last dose the stomach may make more acid than before for a while. Heartburn that begins 3 to 14 days "
    "after it is expected, and it may come and go for 8 weeks. It does not by itself mean that the illness is back. "
    "Write it down, and follow your rescue plan."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReboundWindow:
    """The days on which acid rebound explains symptoms. All dates included.

    starts_on: day 1, the day after the last dose. onset_from, onset_to: days 3 and 14, between which symptoms are
    expected to begin. watch_until: the last day of week 8. relapse_from: the day after four full weeks; before it
    nothing is called a relapse unless a clinician has looked at it.
    """

    starts_on: date
    onset_from: date
    onset_to: date
    watch_until: date
    relapse_from: date

    def day_number(self, on: date) -> int | None:
        """1 on the day after the last dose; None outside the window."""
        return (on - self.starts_on).days + 1 if self.contains(on) else None

    def contains(self, on: date) -> bool:
        """Whether symptoms on this day are labelled as those of the expected rebound."""
        return self.starts_on <= on <= self.watch_until

    def is_onset_expected(self, on: date) -> bool:
        return self.onset_from <= on <= self.onset_to

    def may_be_called_relapse(self, on: date, *, reviewed: bool) -> bool:
        """reviewed: a clinician has looked at it. Days up to the last dose are before any relapse."""
        return on >= (self.starts_on if reviewed else self.relapse_from)


def rebound_window(last_dose_on: date) -> ReboundWindow:
    """The window after the last dose really taken: the schedule's last dose, or the day on which she stopped."""

    def day(number: int) -> date:
        return last_dose_on + timedelta(days=number)

    return ReboundWindow(
        starts_on=day(1),
        onset_from=day(ONSET_FROM_DAY),
        onset_to=day(ONSET_TO_DAY),
        watch_until=day(WATCH_TO_DAY),
        relapse_from=day(RELAPSE_FROM_DAY),
    )
