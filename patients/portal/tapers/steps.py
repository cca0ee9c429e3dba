"""Every step as a line of a table, and who signed it."""

from dataclasses import dataclass

from patients.models.taper_course import signed_versions
from patients.portal.tapers.reading import Reading
from patients.portal.tapers.words import dates_of, sentence_of, stage_in_words
from patients.portal.words import day_in_full
from protocols.domain.stages import Stage


@dataclass(frozen=True, slots=True)
class StepLine:
    """now: it is lived today. is_past: lived through."""

    number: int
    dates: str
    words: str
    is_now: bool
    is_past: bool

    @property
    def anchor(self) -> str:
        return f"step-{self.number}"


@dataclass(frozen=True, slots=True)
class SignedLine:
    """One signed version: who, when, and the code that stands on the letter."""

    words: str
    code: str


def step_lines(reading: Reading) -> list[StepLine]:
    return [_line(stage, reading) for stage in reading.stages]


def signed_lines(reading: Reading) -> list[SignedLine]:
    """The newest first. A version that was replaced before its first day came never counted."""
    counted = signed_versions(reading.taper) or [reading.version]
    return [
        SignedLine(
            words=f"Signed by {version.signature.prescriber.name} on "
            f"{day_in_full(version.signature.agreed_on, reading.today)}; "
            f"counts from {day_in_full(version.begins_on, reading.today)}.",
            code=version.code,
        )
        for version in reversed(counted)
    ]


def _line(stage: Stage, reading: Reading) -> StepLine:
    return StepLine(
        number=stage.number,
        dates=dates_of(stage, reading.today),
        words=sentence_of(stage_in_words(stage, reading.form)),
        is_now=stage.contains(reading.today),
        is_past=stage.last is not None and stage.last < reading.today,
    )
