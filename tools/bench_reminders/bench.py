"""All figures of one sitting: each measured in turn, several times, and the median kept."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from django.utils import timezone

from tools.bench_reminders import measuring
from tools.reminder_load.people import people, schedule
from tools.reminder_load.workers import CeleryProcess, peak_memory, wait_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much is measured.

    messages: due in each run, one for each patient. noops: tasks in each run. due: how many of the scheduled are due
    when a sweep is measured. scheduled: the sizes of the table for it; empty leaves the sweep out.
    """

    messages: int
    noops: int
    due: int
    scheduled: tuple[int, ...]
    runs: int


def bench(counts: Counts, workers: CeleryProcess, *, processes: int) -> dict[str, object]:
    """The figures, as docs/commands.md explains them. workers: not yet started. processes: how many it has."""
    at = timezone.now()
    people(max(counts.messages, counts.due), at=at)
    measuring.keep_due(counts.messages)
    workers.start()
    try:
        wait_for(workers)
        measuring.warm_up(processes)
        figures = _in_turn(
            {
                "smtp_loop_per_second": lambda: measuring.smtp_loop_per_second(counts.messages),
                "messages_per_second": measuring.messages_per_second,
                "celery_noop_per_second": lambda: measuring.celery_noop_per_second(counts.noops),
                "handovers_per_second": measuring.handovers_per_second,
            },
            runs=counts.runs,
        )
        memory = peak_memory(workers.children)
    finally:
        workers.stop()
    sweeps: dict[str, float] = {}
    if counts.scheduled:
        measuring.keep_due(counts.due)
        for size in counts.scheduled:
            schedule(size - counts.due, at=at)
            (sweeps[str(size)],) = _in_turn({f"sweep of {size}, ms": measuring.sweep_ms}, runs=counts.runs).values()
    return {
        **figures,
        "sweep_ms": sweeps,
        "workers": processes,
        "rss_mib": round(memory),
        **_ratios(figures, list(sweeps.values())),
    }


def _ratios(figures: dict[str, float], sweeps: list[float]) -> dict[str, float]:
    """What counts, on whatever machine."""
    ratios = {
        "messages_to_smtp_loop": figures["messages_per_second"] / figures["smtp_loop_per_second"],
        "handovers_to_noops": figures["handovers_per_second"] / figures["celery_noop_per_second"],
    }
    if sweeps:
        ratios["sweep_largest_to_smallest"] = sweeps[-1] / sweeps[0]
    return {name: round(value, 2) for name, value in ratios.items()}


def _in_turn(figures: dict[str, Callable[[], float]], *, runs: int) -> dict[str, float]:
    """Measure each in turn, so many times; the medians."""
    found: dict[str, list[float]] = {name: [] for name in figures}
    for _ in range(runs):
        for name, measure in figures.items():
            found[name].append(measure())
    for name, values in found.items():
        listed = "".join(f"{value:10.1f}" for value in values)
        print(f"{name:26}{median(values):10.1f}   of{listed}", flush=True)
    return {name: round(median(values), 1) for name, values in found.items()}
