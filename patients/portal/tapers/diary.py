"""The diary: each day’s symptoms and rescue doses, as they were written; a day without a word is not recorded."""

from dataclasses import dataclass
from datetime import date, timedelta

from patients.models import DiaryEntry
from patients.portal.tapers.reading import Reading
from patients.portal.tapers.rebound import Rebound
from patients.portal.words import day_in_full, day_in_short
from patients.services.progress import days_in_words
from patients.services.tapers.using import DIARY_REACHES_BACK

SHOWN_DAYS = 28
SYMPTOMS = range(11)
_NEAR = {0: "Today", 1: "Yesterday"}


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """One day. label: what is said of symptoms in the weeks after the last dose. may_be_written: still open."""

    on: date
    words: str
    symptoms: int | None
    rescue_doses: int | None
    note: str
    label: str
    is_recorded: bool
    may_be_written: bool

    @property
    def rescue_words(self) -> str:
        return "–" if self.rescue_doses is None else str(self.rescue_doses)

    @property
    def symptoms_words(self) -> str:
        return "–" if self.symptoms is None else str(self.symptoms)


def written_today(reading: Reading) -> str:
    """“symptoms 3, rescue 1”: what she wrote for today; empty where she has not."""
    entry = next((entry for entry in reading.taper.diary.all() if entry.on == reading.today), None)
    if entry is None:
        return ""
    parts = [] if entry.symptoms is None else [f"symptoms {entry.symptoms}"]
    parts += [] if entry.rescue_doses is None else [f"rescue {entry.rescue_doses}"]
    return ", ".join(parts) or ("a note" if entry.note else "")


def diary_of(reading: Reading, rebound: Rebound | None) -> list[DiaryDay]:
    """The last four weeks, today last; never before the day on which it was signed."""
    entries = {entry.on: entry for entry in reading.taper.diary.all()}
    days = [reading.today - timedelta(days=back) for back in reversed(range(SHOWN_DAYS))]
    return [_day(on, entries.get(on), reading, rebound) for on in days]


def day_in_words(on: date, today: date) -> str:
    """“Today, Monday 4 January”, “Yesterday, …”, “3 days ago, …”."""
    back = (today - on).days
    near = _NEAR.get(back, f"{days_in_words(back)} ago")
    return f"{near}, {day_in_full(on, today)}"


def day_in_a_line(on: date, today: date) -> str:
    """“Today”, “Yesterday”, “Sat 2 Jan”."""
    return _NEAR.get((today - on).days, f"{on:%a} {day_in_short(on, today)}")


def may_be_written(on: date, today: date) -> bool:
    return today - DIARY_REACHES_BACK <= on <= today


def _day(on: date, entry: DiaryEntry | None, reading: Reading, rebound: Rebound | None) -> DiaryDay:
    symptoms = None if entry is None else entry.symptoms
    has_content = entry is not None and (
        entry.symptoms is not None or entry.rescue_doses is not None or bool(entry.note)
    )
    return DiaryDay(
        on=on,
        words=day_in_a_line(on, reading.today),
        symptoms=symptoms,
        rescue_doses=None if entry is None else entry.rescue_doses,
        note="" if entry is None else entry.note,
        label=rebound.label_of(on) if rebound is not None and symptoms else "",
        is_recorded=has_content,
        may_be_written=may_be_written(on, reading.today),
    )
