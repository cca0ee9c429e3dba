"""The days that count in the life of a taper, beside those of its steps."""

from __future__ import annotations

from typing import Final

# --- A request that nobody answers --------------------------------------------------------------------------

SENT_AGAIN_AFTER_DAYS: Final = 3
FAXED_AFTER_DAYS: Final = 5
TELEPHONED_AFTER_DAYS: Final = 7
CLOSED_AFTER_DAYS: Final = 21
"""Then the request ends: the medicine stays as it is, and the plan records that no taper was agreed."""

# --- While it runs ------------------------------------------------------------------------------------------

STEP_COMING_BEFORE_DAYS: Final = 1
"""A change of dose is announced this many days before: what she is to do tomorrow. What she needs for it is said
earlier, by what is at home."""
USE_UNKNOWN_AFTER_DAYS: Final = 3
"""“Have you changed?”, unanswered for so long: nobody knows what is taken, and the next step waits."""
SILENT_DAYS: Final = 7
"""So long without a word in the diary: one kind message, and a call."""
SUPPLY_SAID_BEFORE_DAYS: Final = 7
"""What she has at home, if it ends before the steps do: said so long before the first day without enough."""
HOLD_IS_LONG_ON_DAYS: Final = (21, 28)
"""Days of a hold: a week before what was signed runs out, and the last one of it."""

# --- After the last step ------------------------------------------------------------------------------------

REVIEWED_AFTER_DAYS: Final = (28, 84)
"""Follow-up at 4 and 12 weeks: Brookes L, Medscape 2017, viewarticle/882150, reporting Farrell 2017."""
WATCHED_DAYS: Final = 84
"""Twelve weeks after the last step: so long the plan stays open, with diary, rescue plan and reminders."""
