"""The next person is written to, when nobody has taken on a warning sign."""

from collections.abc import Iterator

from patients.models import RecipientKind
from patients.reminders.kind import EVER_BEGUN, Call, Kind, Pace
from patients.reminders.taper_subject import TaperSubject


def _is_not_taken_on(taper: TaperSubject, recipient: RecipientKind) -> Iterator[Call]:
    """One call for each person whose turn comes, sixty minutes after the one before, until somebody takes it on."""
    duty = taper.duty
    if duty is None:
        return
    for report in taper.taper.red_flags.all():
        if report.is_taken_on:
            continue
        for person, after in duty.turns(taper.plan, on=duty.day_of(report.reported_at)):
            yield Call(report.on, report.code, arose_at=report.reported_at + after, to=person.code)


NOT_TAKEN_ON = Kind(
    name="red-flag-not-taken-on",
    recipients=(RecipientKind.STAFF,),
    calls=_is_not_taken_on,
    late_days=7,
    words="Nobody has taken on a warning sign: the next person is written to",
    pace=Pace.DAY_AND_NIGHT,
    while_plan_is=EVER_BEGUN,
)

ESCALATION_KINDS: tuple[Kind[TaperSubject], ...] = (NOT_TAKEN_ON,)
