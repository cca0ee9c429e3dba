"""The course of a taper, read from what was signed: the rows behind it, put together in one place.

Nothing else computes the dates of a taper. Whoever loads tapers for a list prefetches `COURSE_ROWS`.
"""

from patients.models.signing import Signature
from patients.models.taper import Substitution, Taper, TaperVersion
from protocols.domain.course import Course, Leg, Substituted
from protocols.domain.product import Units
from protocols.domain.taper import dose_from_json, schedule
from protocols.domain.terms import Terms

COURSE_ROWS = ("versions__signature", "versions__holds", "versions__substitutions")


def course_of(taper: Taper) -> Course:
    """What is taken on which day, as signed, around the days on hold. Empty before the first signature.

    Raises `TermsError` where the stored bytes are not what was signed: then nothing may be shown.
    """
    return Course(tuple(_leg(version) for version in signed_versions(taper)))


def signed_versions(taper: Taper) -> list[TaperVersion]:
    """The versions that are or were in force, in their order; not one that was replaced before its first day came."""
    versions = [version for version in taper.versions.all() if version.first_day is not None]
    return sorted(
        (version for version in versions if version.last_day is None or version.last_day >= version.first_day),
        key=lambda version: version.number,
    )


def signature_of(version: TaperVersion) -> Signature | None:
    """Its signature; None for what was never signed."""
    return getattr(version, "signature", None)


def signed_terms(version: TaperVersion) -> Terms:
    """What the prescriber signed of this version; compared with the version’s own bytes each time it is read."""
    return version.signature.terms()


def _leg(version: TaperVersion) -> Leg:
    holds = [hold.window for hold in version.holds.all()]
    return Leg(
        version=version.number,
        schedule=schedule(
            signed_terms(version).steps,
            first_day=version.first_day,
            holds=[window for window in holds if window is not None],
        ),
        last_day=version.last_day,
        substituted=tuple(
            Substituted(row.strength, _units(row), row.first_day, row.last_day) for row in version.substitutions.all()
        ),
    )


def _units(row: Substitution) -> tuple[Units, ...]:
    """What stands in for one unit of the strength, written as the units of a dose are."""
    return dose_from_json({"slot": "any", "units": row.replacement}).units
