"""One taper as its patient reads it today: what was signed, and its stages. The one place where the pages read it."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from patients.models import Taper, TaperVersion
from patients.models.taper_course import course_of, signed_terms, signed_version_on, signed_versions
from protocols.domain.course import Course
from protocols.domain.stages import Stage, stages
from protocols.domain.taper_states import TaperStatus
from protocols.domain.terms import Terms, TermsError


@dataclass(frozen=True)
class Reading:
    """today: the patient’s civil date. version, terms: what was signed and counts today."""

    taper: Taper
    today: date
    course: Course
    version: TaperVersion
    terms: Terms

    @property
    def status(self) -> TaperStatus:
        return TaperStatus(self.taper.status)

    @property
    def first_terms(self) -> Terms:
        """Those of the version with which it began."""
        signed = signed_versions(self.taper)
        return signed_terms(signed[0]) if signed else self.terms

    @property
    def name(self) -> str:
        """As it stands above the page: “Omeprazole”."""
        words = self.terms.medicine.name
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def substance(self) -> str:
        """As it stands in a sentence: “omeprazole”."""
        return self.terms.medicine.substance

    @property
    def form(self) -> str:
        return self.terms.medicine.form

    @property
    def is_controlled(self) -> bool:
        """Whether no calendar ever names it."""
        return self.terms.medicine.medicine_class.is_controlled

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return stages(self.course, today=self.today)

    @cached_property
    def stage(self) -> Stage | None:
        """The one that is lived today; None before the first and after the last."""
        return next((stage for stage in self.stages if stage.contains(self.today)), None)

    @property
    def next_stage(self) -> Stage | None:
        """The one after it, or the first; it may have no date yet. None after the last."""
        later = (stage for stage in self.stages if stage.first is None or stage.first > self.today)
        return next(later, None)

    @property
    def first_day_without(self) -> date | None:
        """The day after the last step; None while that is not known."""
        return None if self.course.ends_on is None else self.course.ends_on + timedelta(days=1)


def reading_of(taper: Taper, *, today: date) -> Reading | None:
    """None where the stored bytes are not what was signed: then nothing of it is shown. Load it by `shown`."""
    try:
        version = _counting(taper, today=today)
        return Reading(taper, today, course_of(taper), version, signed_terms(version))
    except TermsError:
        return None


def _counting(taper: Taper, *, today: date) -> TaperVersion:
    """The signed version that counts today: before the first day the one that is about to begin."""
    # Ended before its first day came no version has any day, and the last one says what was meant.
    return signed_version_on(taper, today) or max(taper.versions.all(), key=lambda version: version.number)
