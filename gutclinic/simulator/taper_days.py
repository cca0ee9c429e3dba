"""What she says, writes and notices while a medicine comes down. Each says whether it was taken down."""

from datetime import date, timedelta
from decimal import Decimal

from gutclinic.simulator.taper_life import TaperLife
from patients.models import MedicineUse, RedFlagReport, SourceKind, Taper, UseKind
from patients.services.record import Source, add_medicine, mark_in_error
from patients.services.tapers import supplying, using
from patients.services.tapers.taking_on import take_on_red_flag
from protocols.domain.amount import Amount
from protocols.domain.medicines import MedicineClass


def say(life: TaperLife, kind: UseKind, *, days_ago: int = 0) -> bool:
    """Answer “Have you changed?”, or say without being asked what she takes."""
    since = life.today - timedelta(days=days_ago)

    def call(taper: Taper) -> object:
        return using.report_use(taper, kind=kind, since=since, by=life.she, at=life.clock.at)

    return life.act("say", call, by=life.she, kind=kind.value)


def write(life: TaperLife, *, symptoms: int | None, rescue_doses: int | None, days_ago: int = 0) -> bool:
    """One day of the diary."""
    on: date = life.today - timedelta(days=days_ago)

    def call(taper: Taper) -> object:
        return using.write_diary(
            taper, on=on, symptoms=symptoms, rescue_doses=rescue_doses, by=life.she, at=life.clock.at
        )

    return life.act("write", call, by=life.she)


def notice(life: TaperLife, flag: str) -> bool:
    """A warning sign."""

    def call(taper: Taper) -> object:
        return using.report_red_flags(taper, flags=[flag], by=life.she, at=life.clock.at)

    return life.act("notice", call, by=life.she)


def clear(life: TaperLife) -> bool:
    """The practitioner has looked into every warning sign that is open."""

    def call(taper: Taper) -> object:
        reports = RedFlagReport.objects.filter(taper=taper, cleared_at__isnull=True).order_by("pk")
        because = "Seen today; nothing was found."
        return [using.clear_red_flag(report, because=because, by=life.staff, at=life.clock.at) for report in reports]

    return life.act("clear", call, by=life.staff)


def take_on(life: TaperLife) -> bool:
    """The practitioner sees to every warning sign that nobody has taken on: from now on nobody else is called."""

    def call(taper: Taper) -> object:
        reports = RedFlagReport.objects.filter(taper=taper, taken_on_at__isnull=True).order_by("pk")
        return [take_on_red_flag(report, by=life.staff, at=life.clock.at) for report in reports]

    return life.act("take-on", call, by=life.staff)


def take_besides(life: TaperLife, medicine_class: MedicineClass) -> bool:
    """The practitioner writes down something new that makes bleeding more likely."""

    def call(taper: Taper) -> object:
        return add_medicine(
            life.patient,
            name=f"Something of the class {medicine_class.value}",
            medicine_class=medicine_class,
            source=Source(kind=SourceKind.PATIENT, as_of=life.today),
            by=life.staff,
            at=life.clock.at,
        )

    return life.act("take-besides", call, by=life.staff)


def not_besides(life: TaperLife) -> bool:
    """It was another patient's."""

    def call(taper: Taper) -> object:
        uses = MedicineUse.objects.standing().filter(patient=life.patient).exclude(pk=taper.reduces_id)
        return [mark_in_error(use, reason="Another patient.", by=life.staff, at=life.clock.at) for use in uses]

    return life.act("not-besides", call, by=life.staff)


def count_units(life: TaperLife, strength: str, count: int) -> bool:
    """All that is left at home of one strength."""

    def call(taper: Taper) -> object:
        return supplying.record_supply(
            taper,
            strength=Amount.parse(strength),
            count=Decimal(count),
            is_all=True,
            by=life.she,
            at=life.clock.at,
        )

    return life.act("count", call, by=life.she)
