"""What calls for a reminder on the way to a signature: nobody has answered, somebody has, the paper is missing."""

from collections.abc import Iterator

from gutclinic.simulator.invariants.calling import STAFF
from gutclinic.simulator.invariants.taper_rules import PRESCRIBER, TaperCall
from gutclinic.simulator.invariants.taper_seen import RUNNING, days_after, newest_signed
from gutclinic.simulator.taper_evidence import TaperState


def asked(state: TaperState) -> Iterator[TaperCall]:
    """While nobody has answered: the link at once and again on day 3; the fax on day 5, the telephone on day 7.

    A colleague who signs inside is told in the morning, and again on day 3.
    """
    version = state.version("proposed")
    if version is None or version.answers:
        return
    open_requests = [request for request in version.requests if request.is_open]
    for request in open_requests:
        if request.door == "link":
            yield TaperCall("signature-request", request.made_on, PRESCRIBER, request.code, request.made_at)
            yield TaperCall("signature-again", days_after(request.made_on, 3), PRESCRIBER, request.code)
        elif request.door == "inside" and state.prescriber_user_code != state.practitioner_code:
            yield TaperCall("signature-wanted", request.made_on, STAFF, request.code, request.made_at)
            yield TaperCall("signature-wanted", days_after(request.made_on, 3), STAFF, request.code)
    if not open_requests or state.prescriber_user_code:
        return
    first = min(request.made_on for request in version.requests)
    for kind, door, days in (("signature-fax", "fax-or-letter", 5), ("signature-telephone", "telephone", 7)):
        if all(request.door != door for request in open_requests):
            yield TaperCall(kind, days_after(first, days), STAFF, version.code)


def closed(state: TaperState) -> Iterator[TaperCall]:
    for version in state.versions:
        if version.requests and version.status in {"proposed", "expired"}:
            first = min(request.made_on for request in version.requests)
            yield TaperCall("signature-closed", days_after(first, 21), STAFF, version.code)


def answered(state: TaperState) -> Iterator[TaperCall]:
    """Whoever wrote the answer down knows it."""
    for version in state.versions:
        for answer in version.answers:
            if answer.by_code != state.practitioner_code:
                kind = "prescriber-calls" if answer.kind == "call-me" else "prescriber-answered"
                yield TaperCall(kind, answer.answered_on, STAFF, answer.code, answer.at)


def confirmation(state: TaperState) -> Iterator[TaperCall]:
    newest = newest_signed(state)
    if newest is None or newest.signature is None or state.status not in RUNNING:
        return
    if newest.signature.written_due_on is not None and not newest.signature.is_confirmed:
        yield TaperCall("confirmation-missing", newest.signature.written_due_on, STAFF, newest.code)
