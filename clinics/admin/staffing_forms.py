"""The forms of staffed hours, cover and the order of escalation."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms

from clinics.admin import inputs
from clinics.domain.staffed import StaffedTimes, StaffedTimesError, StaffedWeek, times_in_words, times_typed
from clinics.models import EmergencyNumber, StaffedHours, User
from clinics.services.staffed_hours import NumberToCall

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CALLED_AT_MOST = 6


class HoursForm(forms.Form):
    """When somebody reads, and whom to call otherwise."""

    exceptions = forms.CharField(
        label="Single dates that are otherwise",
        required=False,
        widget=inputs.TextareaInput({"rows": 6}),
        help_text="Holidays and the like, one on each line: the date, a colon, and its times, or nothing where nobody "
        "reads that day. For example “2026-12-24: 9:00–12:00” and “2026-12-25:”.",
    )
    numbers = forms.CharField(
        label="Numbers to call in an emergency",
        required=False,
        widget=inputs.TextareaInput({"rows": 4}),
        help_text="The numbers of your place, one on each line, the most important first: the number, a colon, and "
        "whom one reaches there. For example “112: ambulance”. Patients see them on every page while nobody reads, "
        "and always beside a warning sign.",
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(WEEKDAYS):
            self.fields[f"day_{number}"] = forms.CharField(
                label=name,
                required=False,
                widget=inputs.TextInput(),
                help_text="For example 9:00–12:30, 14:00–17:00. Empty: nobody reads." if number == 0 else "",
            )
        self.order_fields([*(f"day_{number}" for number in range(7)), "exceptions", "numbers", "shown"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(7):
            self._read(f"day_{number}", lambda text: times_typed(text))
        self._read("exceptions", _exceptions)
        self._read("numbers", _numbers)
        return cleaned

    def _read(self, field: str, read: Any) -> None:
        try:
            self.cleaned_data[field] = read(self.cleaned_data.get(field, ""))
        except StaffedTimesError as error:
            self.add_error(field, str(error))

    @property
    def week(self) -> StaffedWeek:
        weekly = {number: self.cleaned_data[f"day_{number}"] for number in range(7)}
        return StaffedWeek({day: times for day, times in weekly.items() if times}, self.cleaned_data["exceptions"])


def hours_shown(edition: StaffedHours | None, *, today: date) -> dict[str, str]:
    """What the form is filled with: the edition in force, without dates that are over."""
    if edition is None:
        return {"shown": ""}
    week = edition.week
    numbers: Iterable[EmergencyNumber] = edition.numbers.all()
    return {
        **{f"day_{number}": times_in_words(week.weekly.get(number, ())) for number in range(7)},
        "exceptions": "\n".join(
            f"{day.isoformat()}: {times_in_words(times)}".rstrip()
            for day, times in sorted(week.exceptions.items())
            if day >= today
        ),
        "numbers": "\n".join(f"{each.number}: {each.words}" for each in numbers),
        "shown": edition.code,
    }


def _exceptions(text: str) -> dict[date, tuple[StaffedTimes, ...]]:
    found: dict[date, tuple[StaffedTimes, ...]] = {}
    for line in _lines(text):
        day_text, colon, times = line.partition(":")
        try:
            day = date.fromisoformat(day_text.strip())
        except ValueError:
            day = None
        if day is None or not colon:
            raise StaffedTimesError(f"“{line}”: write the date as 2026-12-24, a colon, and its times.")
        if day in found:
            raise StaffedTimesError(f"{day.isoformat()} stands here twice. Write all its times on one line.")
        found[day] = times_typed(times)
    return found


def _numbers(text: str) -> list[NumberToCall]:
    found = []
    for line in _lines(text):
        number, _, words = line.partition(":")
        found.append(NumberToCall(number=number.strip(), words=words.strip()))
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class CoverForm(forms.Form):
    """Somebody stands in for somebody else."""

    absent = forms.ModelChoiceField(
        label="Who is away", queryset=User.objects.none(), to_field_name="code", widget=inputs.SelectInput()
    )
    stand_in = forms.ModelChoiceField(
        label="Who stands in",
        queryset=User.objects.none(),
        to_field_name="code",
        widget=inputs.SelectInput(),
        help_text="All messages about the patients of whoever is away go to this person on these days.",
    )
    first_day = forms.DateField(label="From", widget=inputs.DateInput(), help_text="The first day of it.")
    last_day = forms.DateField(label="Until", widget=inputs.DateInput(), help_text="The last day of it.")

    def __init__(self, *args: Any, staff: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("absent", "stand_in"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = staff


class EscalationForm(forms.Form):
    """Who is called in turn."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, staff: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.staff = {person.code: person for person in staff}
        for place in range(1, CALLED_AT_MOST + 1):
            self.fields[f"place_{place}"] = forms.ChoiceField(
                label=f"{place}.",
                required=False,
                choices=[("", "Nobody"), *((person.code, str(person)) for person in staff)],
                widget=inputs.SelectInput(),
            )

    @property
    def people(self) -> list[User]:
        places = (self.cleaned_data[f"place_{place}"] for place in range(1, CALLED_AT_MOST + 1))
        return [self.staff[code] for code in places if code]
