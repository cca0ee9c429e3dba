"""How the ledger says instants, days, people and moves. Codes for what is treated; names of colleagues alone."""

from datetime import date, datetime
from typing import Any

from clinics.actor import ActorKind
from clinics.domain.instants import zone
from patients.models import Channel, Reminder, Transition
from patients.reminders.keys import called_key
from patients.reminders.kind import about_of
from patients.reminders.kinds import KINDS

MOVED = {
    "assign": "assigned",
    "activate": "activated",
    "hold": "put on hold",
    "resume": "resumed",
    "hand-over": "handed over",
    "complete": "completed",
    "revoke": "revoked",
    "enter-in-error": "marked as entered in error",
    "start": "started",
    "extend": "extended",
    "skip": "skipped",
}
"""Moves of plans and phases, as who made them and what was made of both are told alike."""
DONE = MOVED | {
    "spread": "changed, so that what begins in it is spread out,",
    "draw-up": "drawn up",
    "propose": "proposed",
    "withdraw": "withdrawn",
    "revise": "revised",
    "watch": "ended and watched from then on",
    "stop": "stopped",
    "add": "added",
    "change": "changed",
    "move-start": "set to begin later",
    "leave-out": "left out",
    "tie": "tied to its taper",
    "continue": "let go on after its phase",
    "prescriber-told": "noted as told to its prescriber",
}
"""What became of a part of a plan, by the move."""
BY = {
    Channel.EMAIL.value: "by email",
    Channel.SMS.value: "by text message",
    Channel.PUSH.value: "by a notification on a device",
    Channel.PORTAL.value: "on the patient’s own pages",
}
"""How something went, as colleagues read it."""


def kind_words(kind: str) -> str:
    """“A phase starts today”. A kind that is no longer in the registry keeps its name."""
    return KINDS[kind].words if kind in KINDS else kind


def day_words(on: date) -> str:
    """“Friday 15 January 2027”."""
    return f"{on:%A} {on.day} {on:%B %Y}"


def instant_words(at: datetime, zone_name: str) -> str:
    """“15 January 2027, 09:00 Europe/Berlin”: on the recipient's own clock."""
    local = at.astimezone(zone(zone_name))
    return f"{local.day} {local:%B %Y, %H:%M} {zone_name}"


def who_did(row: Any) -> str:
    """Who acted: a colleague as colleagues see this person, the patient, or gutclinic itself. row: with its `by_…`."""
    if row.by_kind == ActorKind.SYSTEM.value:
        return "gutclinic"
    if row.by_kind == ActorKind.PATIENT.value:
        return "the patient"
    return str(row.by_user) if row.by_user else f"{row.by_kind} {row.by_code}"


def move_words(move: Transition, *, zone_name: str) -> str:
    """“plan ABCDE was put on hold by dr_cho on 5 January 2027, 12:00 Europe/Berlin (“Ill.”)”."""
    part, who, when = part_words(move), who_did(move), instant_words(move.at, zone_name)
    if move.taper is not None and move.from_status == move.to_status and move.reason:
        # Of a taper, what changes no status and has a reason is a note: its move says nothing.
        return f"{who} noted about {part} on {when}: “{move.reason}”"
    done = DONE.get(move.move, move.move.replace("-", " "))
    return f"{part} was {done} by {who} on {when}" + (f" (“{move.reason}”)" if move.reason else "")


def part_words(row: Any) -> str:
    """“phase ABCDE”: the part of a plan that a row is about, or the plan. row: with plan, phase, taper and order."""
    parts = (("order", row.order), ("taper", row.taper), ("phase", row.phase), ("plan", row.plan))
    return next(f"{name} {part.code}" for name, part in parts if part is not None)


def subject_words(reminder: Reminder) -> str:
    """“phase ABCDE of plan FGHIJ”, and what of it the day is about, if that is another row."""
    if reminder.recurrence_id is not None:
        return f"the day that the patient is reminded of in plan {reminder.plan.code}"
    part, plan = part_words(reminder), f"plan {reminder.plan.code}"
    words = part if part == plan else f"{part} of {plan}"
    about = about_of(called_key(reminder.key))
    return words if f" {about} " in f" {words} " else f"{words} (row {about})"


def sentence_of(*parts: str) -> str:
    """One sentence of these parts; empty ones are left out. What is quoted at its end may bring the full stop."""
    words = "; ".join(part.strip().rstrip(".") for part in parts if part)
    return f"{words[:1].upper()}{words[1:]}" + ("" if words.endswith(".”") else ".")


def counted(count: int, noun: str) -> str:
    """“1 attempt”, “3 attempts”."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
