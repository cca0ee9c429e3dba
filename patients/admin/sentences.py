"""The history of a plan as people tell it: who, in which role, did what, when, why, and with which dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from clinics.actor import ActorKind
from clinics.admin.changes import local_words
from patients.models import Door, Transition
from patients.reminders.ledger_words import MOVED
from patients.services.rehearsal import PhaseChange, Stand
from protocols.domain.order_states import OrderStatus, StopReason
from protocols.domain.phases import EndReason, PhaseStatus, PlanStatus
from protocols.domain.taper_states import TaperStatus

DID = MOVED | {
    "skip": "left out",
    "spread": "spread out what begins in",
}


DID_WITH_TAPER = {
    "draw-up": "drew up",
    "propose": "put before the prescriber",
    "withdraw": "took back",
    "start": "put in force",
    "revise": "put a new version in force of",
    "hold": "put on hold",
    "resume": "resumed",
    "watch": "went on watching after the last step of",
    "complete": "completed",
    "stop": "stopped",
    "revoke": "took the agreement back to",
    "enter-in-error": "marked as entered in error",
}


DID_WITH_ORDER = {
    "add": "ordered",
    "change": "changed",
    "move-start": "let begin later",
    "hold": "put on hold",
    "resume": "resumed",
    "stop": "stopped",
    "leave-out": "left out",
    "enter-in-error": "marked as entered in error",
    "tie": "tied to its taper",
    "continue": "let go on after its phase",
    "prescriber-told": "told its prescriber of the stop of",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history. when: on the clinic's clock."""

    when: str
    who: str
    what: str
    statuses: str
    why: str
    details: list[str]


def entries(transitions: Iterable[Transition], *, clinic_zone: ZoneInfo) -> list[Entry]:
    """Newest first. Load the transitions with phase, user, order and `taper__reduces`."""
    newest_first = sorted(transitions, key=lambda row: (row.at, row.pk), reverse=True)
    return [_entry(row, clinic_zone) for row in newest_first]


def _entry(row: Transition, clinic_zone: ZoneInfo) -> Entry:
    why = row.reason
    if row.end_reason and row.end_reason != EndReason.FINISHED.value:
        why = f"{EndReason(row.end_reason).label}. {why}".strip()
    return Entry(
        when=local_words(row.at, clinic_zone),
        who=_who(row),
        what=_what(row),
        statuses=_statuses(row),
        why=why,
        details=_details(row),
    )


def _what(row: Transition) -> str:
    if row.taper is not None:
        # Without a change of status it is a note whose reason says what was done; without a reason the move does.
        is_note = row.from_status == row.to_status and row.reason
        did = "noted about" if is_note else DID_WITH_TAPER.get(row.move, row.move)
        return f"{did} the taper of {row.taper.reduces.name}"
    if row.order is not None:
        return f"{DID_WITH_ORDER.get(row.move, row.move)} {row.order.name}"
    return f"{DID.get(row.move, row.move)} {'the plan' if row.phase is None else row.phase.title}"


def _who(row: Transition) -> str:
    if row.by_kind == ActorKind.SYSTEM.value:
        return "gutclinic, by itself"
    if row.by_kind == ActorKind.PATIENT.value:
        return "The patient"
    if row.by_kind == ActorKind.PRESCRIBER.value:
        return f"{row.by_user} (prescriber)" if row.by_user else "The prescriber"
    name = str(row.by_user) if row.by_user else row.by_code
    return f"{name} ({row.by_roles.lower()})" if row.by_roles else name


def _statuses(row: Transition) -> str:
    if row.order_id:
        kind: type[OrderStatus | TaperStatus | PlanStatus | PhaseStatus] = OrderStatus
    else:
        kind = TaperStatus if row.taper_id else PlanStatus if row.phase is None else PhaseStatus
    after = kind(row.to_status).label
    if not row.from_status:
        return after
    return "" if row.from_status == row.to_status else f"{kind(row.from_status).label} → {after}"


def _details(row: Transition) -> list[str]:
    """What the move decided beside the status, as far as people ask about it."""
    found = row.details
    sentences = []
    if found.get("starts_on"):
        sentences.append(f"First day {_day(found['starts_on'])}.")
    if found.get("first_day"):
        sentences.append(f"First day {_day(found['first_day'])}.")
    if found.get("days"):
        sentences.append(f"{found['days']} days longer; the last day was {_day(found.get('planned_last_day'))}.")
    left_out = found.get("left_out") or []
    if left_out:
        sentences.append(f"{len(left_out)} order{'s' * (len(left_out) > 1)} left out for this patient.")
    if found.get("held_days") is not None:
        sentences.append(f"On hold for {found['held_days']} days, which do not count.")
    if found.get("raised_anew"):
        sentences.append("Its slow start begins again.")
    if found.get("version"):
        sentences.append(f"Version {found['version']}.")
    if found.get("last_day"):
        planned = f", planned {_day(found['planned_last_day'])}" if found.get("planned_last_day") else ""
        sentences.append(f"Last day {_day(found['last_day'])}{planned}.")
    later = found.get("begin_later") or []
    if later:
        sentences.append(f"{len(later)} order{'s begin' if len(later) > 1 else ' begins'} later.")
    if found.get("changed"):
        sentences.append(f"Changed: {', '.join(name.replace('_', ' ') for name in found['changed'])}.")
    if found.get("stop_reason"):
        sentences.append(f"Because: {StopReason(found['stop_reason']).label.lower()}.")
    if word := found.get("prescriber_word"):
        how = Door(word["through"]).label.lower()
        sentences.append(f"The prescriber on {_day(word['on'])}, {how}: “{word['words']}”")
    if told := found.get("told"):
        how = Door(told["through"]).label.lower()
        said = f" “{told['words']}”" if told["words"] else ""
        sentences.append(f"Told on {_day(told['on'])}, {how}.{said}")
    if found.get("pull_forward"):
        sentences.append("What was counted from its end moved forward.")
    if found.get("unmet"):
        sentences.append("Not met, or not known: " + " ".join(found["unmet"]))
    continued = found.get("orders_continued") or {}
    if continued:
        sentences.append(f"{len(continued)} order{'s' * (len(continued) > 1)} went on after it.")
    return sentences


def _day(iso: str | None) -> str:
    if not iso:
        return "not fixed"
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"


def change_words(change: PhaseChange) -> tuple[str, str, str]:
    """A phase's title, how it stands, and how it will; the last is empty if nothing changes."""
    after = _stand(change.after) if change.is_moved or change.has_new_status else ""
    return change.title, _stand(change.before), after


def _stand(stand: Stand) -> str:
    last = _day(stand.last.isoformat()) if stand.last else "no fixed end"
    return f"{_day(stand.first.isoformat())} – {last} · {PhaseStatus(stand.status).label.lower()}"
