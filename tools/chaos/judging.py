"""What came of it: what was lost, what came twice, and whether that lay in a window that is stated."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from patients.models import Attempt, AttemptOutcome, Message, Reminder
from patients.reminders.channels import opaque_key
from patients.reminders.delivery import WORKER_WAS_GONE
from tests.servers.counting_sink import Accepted

THEIR_SIDE: Final = ("The mail server could not be reached", "The SMS provider did not answer")
"""The answer never came."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """lost: owed, and never accepted or never written down as sent; or given up at night. duplicates: accepted once
    more than needed.

    duplicates_in_window: those whose first answer, or whose commit, never reached us, each with the same key.
    in_quiet_hours: accepted by somebody who sleeps.
    """

    lost: int
    duplicates: int
    duplicates_in_window: int
    in_quiet_hours: int

    @property
    def is_kept(self) -> bool:
        """Whether everything that is promised held."""
        return not self.lost and not self.in_quiet_hours and self.duplicates == self.duplicates_in_window


def judge(accepted: Sequence[Accepted], *, asleep: Collection[str]) -> Verdict:
    """From what the mail server and the provider counted, and what stands in the tables.

    asleep: codes of those who are not to be woken.

    An acceptance is matched with its recipient by the address, and not by the key, which is what is doubted.
    """
    by_address: dict[str, list[str]] = defaultdict(list)
    for one in accepted:
        by_address[one.recipient].append(one.key)
    windows = _windows()
    keys = {code: _keys(key) for code, key in Message.objects.values_list("recipient_code", "idempotency_key")}
    lost = duplicates = in_window = woken = 0
    owed = Reminder.objects.select_related("plan__patient").prefetch_related("plan__patient__contact_points")
    for reminder in owed:
        patient = reminder.plan.patient
        came = by_address.get(patient.contact_points.all()[0].value, [])
        if patient.code in asleep:
            woken += len(came)
            # It goes in the morning: nobody gives it up because of the hour.
            lost += reminder.status not in {"owed", "sent"}
            continue
        lost += not came or reminder.status != "sent"
        more = len(came) - 1
        if more > 0:
            duplicates += more
            is_same_message = len(set(came)) == 1 and came[0] in keys.get(patient.code, ())
            explained = min(more, windows[patient.code]) if is_same_message else 0
            in_window += explained
            if explained < more:
                print(f"Doubled outside any window: {_story(patient.code)}", flush=True)
    return Verdict(lost, duplicates, in_window, woken)


def _keys(key: str) -> tuple[str, str]:
    """The key as a mail server is given it, and as a provider is."""
    return key, opaque_key(key)


def _story(code: str) -> str:
    """The attempts for this recipient, one after the other."""
    attempts = Attempt.objects.filter(message__recipient_code=code).order_by("started_at")
    return "; ".join(
        f"{attempt.started_at:%H:%M:%S.%f} {attempt.outcome} {attempt.detail}".strip() for attempt in attempts
    )


def _windows() -> dict[str, int]:
    """For each recipient: how many hand-overs there were of which nobody here can know whether they were accepted."""
    windows: dict[str, int] = defaultdict(int)
    rows = Attempt.objects.values_list("message__recipient_code", "outcome", "detail")
    for code, outcome, detail in rows:
        # A frozen worker may yet write down its answer, beside the note that it was given up.
        is_ours = outcome == AttemptOutcome.UNKNOWN.value or detail == WORKER_WAS_GONE
        windows[code] += is_ours or (outcome == AttemptOutcome.FAILED.value and detail.startswith(THEIR_SIDE))
    return windows
