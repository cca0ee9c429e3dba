"""The course of a taper, read from what was signed: the rows behind it, put together in one place.

Nothing else computes the dates of a taper. Whoever loads tapers for a list prefetches `COURSE_ROWS`.
"""

from dataclasses import replace
from datetime import date, timedelta

from patients.models.signing import Signature
from patients.models.taper import Substitution, Taper, TaperVersion
from protocols.domain.course import Course, Leg, Substituted, continued, steps_that_come
from protocols.domain.product import Units
from protocols.domain.taper import Schedule, Step, dose_from_json, schedule
from protocols.domain.terms import Terms, TermsError

COURSE_ROWS = ("versions__signature", "versions__holds", "versions__substitutions")


def course_of(taper: Taper) -> Course:
    """What is taken on which day, as signed, around the days on hold. Empty before the first signature.

    Raises `TermsError` where the stored bytes are not what was signed: then nothing may be shown.
    """
    legs: list[Leg] = []
    for version in signed_versions(taper):
        leg = _leg(version, of=taper, before=Course(tuple(legs)))
        if legs and (legs[-1].schedule.is_open or legs[-1].schedule.waiting):
            # The one before it is held, or waits itself: nobody knows yet when this one will begin.
            leg = _waiting(leg)
        legs.append(leg)
    return Course(tuple(legs))


def signed_versions(taper: Taper) -> list[TaperVersion]:
    """The versions that are or were in force, in their order; not one that was replaced before its first day came."""
    versions = [version for version in taper.versions.all() if version.first_day is not None]
    return sorted(
        (version for version in versions if version.last_day is None or version.last_day >= version.begins_on),
        key=lambda version: version.number,
    )


def signed_version_on(taper: Taper, on: date) -> TaperVersion | None:
    """The signed version that counts on that day by its dates: the last that has begun; before any, the first one.

    None where none has a day: before the first signature, and where it was ended before its first day came.
    """
    signed = signed_versions(taper)
    begun = [version for version in signed if version.begins_on <= on]
    return next(iter(begun[-1:] or signed), None)


def signature_of(version: TaperVersion) -> Signature | None:
    """Its signature; None for what was never signed."""
    return getattr(version, "signature", None)


def signed_terms(version: TaperVersion) -> Terms:
    """What the prescriber signed of this version; compared with the version’s own bytes each time it is read."""
    return version.signature.terms()


def steps_as_lived(version: TaperVersion, terms: Terms, *, first_day: date) -> tuple[Step, ...]:
    """The steps of these terms if they begin on that day, the first counted on from what was lived until then."""
    if version.number == 1:
        return terms.steps
    earlier = [leg for leg in course_of(version.taper).legs if leg.version < version.number]
    if earlier and (earlier[-1].last_day is None or earlier[-1].last_day >= first_day):
        earlier[-1] = replace(earlier[-1], last_day=first_day - timedelta(days=1))
    return continued(terms.steps, first_day=first_day, before=Course(tuple(earlier)))


def _leg(version: TaperVersion, *, of: Taper, before: Course) -> Leg:
    terms = signed_terms(version)
    if terms.taper != of.code:
        raise TermsError("The stored terms are those of another taper. Nothing is shown until this is cleared up.")
    steps = continued(terms.steps, first_day=version.begins_on, before=before)
    holds = list(version.holds.all())
    over = [window for hold in holds if hold.resumed_on is not None and (window := hold.window) is not None]
    come = steps_that_come(steps, first_day=version.begins_on, holds=over, last_day=version.last_day)
    if any(hold.resumed_on is None and hold.first_day < version.begins_on for hold in holds):
        dated = Schedule(version.begins_on, (), steps)
    else:
        windows = [window for hold in holds if (window := hold.window) is not None]
        dated = schedule(steps, first_day=version.begins_on, holds=windows)
    return Leg(
        version=version.number,
        schedule=dated,
        # While it is held nobody knows when the next one takes its place.
        last_day=None if dated.is_open else version.last_day,
        substituted=tuple(
            Substituted(row.strength, _units(row), row.first_day, row.last_day) for row in version.substitutions.all()
        ),
        replaced=len(steps) - len(come),
    )


def _waiting(leg: Leg) -> Leg:
    steps = tuple(dated.step for dated in leg.schedule.steps) + leg.schedule.waiting
    return replace(leg, schedule=Schedule(leg.schedule.first_day, (), steps), last_day=None)


def _units(row: Substitution) -> tuple[Units, ...]:
    """What stands in for one unit of the strength, written as the units of a dose are."""
    return dose_from_json({"slot": "any", "units": row.replacement}).units
