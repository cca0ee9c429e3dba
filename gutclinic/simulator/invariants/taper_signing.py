"""What was signed: the bytes stay, no unknown stop is passed over, and what the software does was permitted in them."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from gutclinic.simulator.invariants.reckoning import lived_steps, step_on
from gutclinic.simulator.invariants.seen import Seen, Violation
from gutclinic.simulator.invariants.signed_steps import signed_document
from gutclinic.simulator.invariants.tapers import today_of, zone_at
from gutclinic.simulator.invariants.wall import local
from gutclinic.simulator.taper_evidence import TaperState, VersionState

# Which hard stops are asked about, and which of them a prescriber may lift; written out anew.
STOPS: Final = (*(f"G{number}" for number in range(1, 10)), "G11")
LIFTED_BY_PRESCRIBER: Final = frozenset(f"G{number}" for number in range(1, 9))
LONGEST_HOLD: Final = timedelta(days=28)
PERMITTED: Final = {
    "rescue-threshold": "automatic_hold_at_threshold",
    "red-flag": "automatic_hold_at_red_flag",
}


def signed_bytes_stay(seen: Seen) -> Iterator[Violation]:
    """What was put before a prescriber never changes; what was signed is that, with its own checksum."""
    for taper_id, states in seen.evidence.tapers.items():
        where = seen.where_of_taper(taper_id)
        proposed: dict[int, bytes] = {}
        signed: dict[int, bytes] = {}
        for state in states:
            for version in state.versions:
                if (
                    version.status != "draft"
                    and proposed.setdefault(version.number, version.content) != version.content
                ):
                    yield Violation("signed bytes stay", where, f"Version {version.number} changed at {state.at}.")
                if version.signature is None:
                    continue
                content = version.signature.content
                if signed.setdefault(version.number, content) != content:
                    yield Violation("signed bytes stay", where, f"Signature {version.number} changed at {state.at}.")
    for signature in seen.rows.signatures:
        signed_version = signature.version
        content, shown = bytes(signature.content), bytes(signed_version.content)
        document, proposal = signed_document(content), signed_document(shown)
        found = (signature.sha256, signed_version.sha256, document["request"], document["steps"], document["version"])
        digest = hashlib.sha256(shown).hexdigest()
        if found != (_sha256(content), digest, digest, proposal["steps"], signed_version.number):
            where = seen.where_of_taper(signed_version.taper_id)
            yield Violation(
                "signed bytes stay", where, f"What was signed of version {signed_version.number} is not what it is."
            )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def no_unknown_stop_is_passed(seen: Seen) -> Iterator[Violation]:
    """Every version in force has each hard stop answered no, or yes and lifted by its prescriber in words."""
    for signature in seen.rows.signatures:
        gates = {gate["gate"]: gate for gate in signed_document(bytes(signature.content))["gates"]}
        for name in STOPS:
            gate: dict[str, Any] = gates.get(name, {"answer": "unknown", "lifted_because": ""})
            is_lifted = name in LIFTED_BY_PRESCRIBER and gate["answer"] == "yes" and gate["lifted_because"]
            if gate["answer"] != "no" and not is_lifted:
                where = seen.where_of_taper(signature.version.taper_id)
                text = f"Version {signature.version.number} is signed, and {name} is {gate['answer']}."
                yield Violation("no unknown stop is passed", where, text)


def versions_begin_where_they_should(seen: Seen) -> Iterator[Violation]:
    """On the planned first day, or the day after a late signature, never past the latest; a later one in its place."""
    for taper_id, before, now in seen.taper_pairs():
        for version in now.versions:
            was = next((each for each in before.versions if each.number == version.number), None)
            if version.signature is None or (was is not None and was.signature is not None):
                continue
            yield from _begins(seen, taper_id, before, now, version)


def _begins(
    seen: Seen, taper_id: int, before: TaperState, now: TaperState, version: VersionState
) -> Iterator[Violation]:
    assert version.signature is not None
    where = seen.where_of_taper(taper_id)
    document = signed_document(version.signature.content)
    today = today_of(seen, now).isoformat()
    planned, latest = document["planned_first_day"], document["latest_first_day"]
    tomorrow = (today_of(seen, now) + timedelta(days=1)).isoformat()
    expected = max(planned, tomorrow)
    if str(version.first_day) != expected or expected > latest:
        text = f"Signed on {today}, version {version.number} begins on {version.first_day}; {expected} was due."
        yield Violation("versions begin where they should", where, text)
    steps = lived_steps(before)
    places = {
        step.place if (step := step_on(steps, day)) else None
        for day in (type(today_of(seen, now)).fromisoformat(planned), version.first_day)
        if day is not None
    }
    if steps and len(places) > 1:
        text = f"Version {version.number} was drawn up for another place in the course: {sorted(map(str, places))}."
        yield Violation("versions begin where they should", where, text)


def holds_were_permitted(seen: Seen) -> Iterator[Violation]:
    """The software holds for rescue days and warning signs only where that was signed."""
    for taper_id, states in seen.evidence.tapers.items():
        for version in states[-1].versions:
            if version.signature is None:
                continue
            permissions = signed_document(version.signature.content)["permissions"]
            for hold in version.holds:
                if hold.reason in PERMITTED and not permissions[PERMITTED[hold.reason]]:
                    text = f"It was held on {hold.first_day} ({hold.reason}), which was not signed."
                    yield Violation("holds were permitted", seen.where_of_taper(taper_id), text)


def nothing_goes_on_too_early(seen: Seen) -> Iterator[Violation]:
    """No resume after more than 28 days, with a warning sign open, or of the prescriber’s hold by anybody else."""
    for act in seen.evidence.taper_acts:
        if act.name != "resume" or act.refusal:
            continue
        hold = next(hold for v in act.before.versions for hold in v.holds if hold.resumed_on is None)
        today = local(act.at, zone_at(seen, act.before, act.at)).date()
        reasons = {
            "it was held for too long": today - hold.first_day > LONGEST_HOLD,
            "a warning sign was open": any(not flag.is_cleared for flag in act.before.flags),
            "the prescriber held it": hold.reason == "prescriber" and act.by != "prescriber",
        }
        for reason in (reason for reason, is_so in reasons.items() if is_so):
            text = f"It was resumed at {act.at}, though {reason}."
            yield Violation("nothing goes on too early", seen.where_of_taper(act.taper_id), text)
