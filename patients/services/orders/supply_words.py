"""What is left of something and until when it lasts, in sentences: the same for her, for the clinic and on paper."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from patients.services.orders.stock import CANNOT_BE_COUNTED, AtHome
from patients.services.progress import day_in_words
from protocols.domain.amount import Unit
from protocols.domain.run_out import RunOutKind, low_from
from protocols.domain.shopping import Packages

_ONE_DAY = timedelta(days=1)
_NO_DATE = {
    RunOutKind.LASTS: "Enough to the end of what is planned.",
    RunOutKind.UNKNOWN: "How long it lasts is not known: nobody has counted it yet.",
    RunOutKind.WAITS: "It has no dates yet.",
    RunOutKind.HELD: "It rests now: nothing is taken of it.",
    RunOutKind.AS_NEEDED: "Taken as needed: nobody can say how long it lasts.",
}


@dataclass(frozen=True, slots=True)
class SupplyWords:
    """left: empty where nobody counted. planned, expected: until when. is_low: it is to be bought in time."""

    left: str
    planned: str
    expected: str
    is_low: bool


def supply_words(found: AtHome, *, today: date) -> SupplyWords:
    run_out, low = found.run_out, low_from(found.run_out)
    left = "" if found.left is None or found.unit is None else f"{units(found.left, found.unit)} left"
    if not found.counted_in:
        return SupplyWords(left, CANNOT_BE_COUNTED, "", is_low=False)
    if run_out.kind is RunOutKind.UNDECIDED:
        return SupplyWords(left, run_out.problem, "", is_low=False)
    if run_out.kind is not RunOutKind.ENDS:
        return SupplyWords(left, _NO_DATE[run_out.kind], "", is_low=False)
    planned = _until(run_out.planned_on, today, "if everything is taken as planned")
    expected = ""
    if run_out.expected_on != run_out.planned_on:
        share = run_out.adherence
        expected = f"{_until(run_out.expected_on, today, 'going by what was recorded')} {share.display()}"
    return SupplyWords(left, planned, expected, is_low=low is not None and low <= today)


def units(count: Decimal, unit: Unit) -> str:
    """“13 capsules”, “1 capsule”, “2.5 g”."""
    return f"{plain(count)} {unit.label_of_one if count == 1 else unit.label}"


def plain(count: Decimal) -> str:
    """“28”, “12.5”: without the zeros that a database pads it with."""
    whole = count.to_integral_value()
    return f"{whole:f}" if whole == count else f"{count.normalize():f}"


def packages_words(packages: tuple[Packages, ...], unit: Unit) -> str:
    """“2 packages of 60 capsules”; empty where no size is known."""
    return " and ".join(
        f"{each.count} package{'s' * (each.count > 1)} of {units(Decimal(each.size), unit)}" for each in packages
    )


def _until(short_on: date | None, today: date, how: str) -> str:
    if short_on is None:
        return f"Enough to the end, {how}."
    if short_on <= today:
        return f"Used up by now, {how}: count what is there."
    return f"Enough until {day_in_words(short_on - _ONE_DAY, today)}, {how}."
