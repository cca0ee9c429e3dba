"""A fault run: people fall due in waves, something breaks in each, and in the end everything has to be there once."""

import time
from collections import Counter
from itertools import cycle, islice

from django.utils import timezone

from patients.reminders.claim import LEASE
from tests.servers.http_outbox import HttpOutbox
from tests.servers.outbox import Outbox
from tools.chaos.clinic import Clinic, answered
from tools.chaos.faults import FAULTS, House
from tools.chaos.judging import Verdict, judge
from tools.reminder_load.stage import Stage
from tools.reminder_load.waiting import wait_until
from tools.reminder_load.workers import beat, wait_for, worker

WORKERS = 2
BEATS = 2


def run(stage: Stage, *, count: int, rounds: int, pause: float) -> tuple[Verdict, dict[str, object]]:
    """What came of it, and the figures. rounds: how often each fault happens. pause: seconds that it lasts."""
    began = time.monotonic()
    clinic = Clinic(count, at=timezone.now())
    house = House(
        stage=stage,
        sink=Outbox(stage.mail, port=0),
        texts=HttpOutbox(stage.texts, port=0, tls_port=0, trust=""),
        workers=[worker(f"worker-{n}", concurrency=1, folder=stage.folder) for n in range(WORKERS)],
        beats=[beat(f"beat-{n}", folder=stage.folder) for n in range(BEATS)],
        outlasts=1.2 * LEASE.total_seconds(),
        pause=pause,
        let_pauses_pass=clinic.let_pauses_pass,
    )
    processes = [*house.workers, *house.beats]
    try:
        for process in processes:
            process.start()
        for process in house.workers:
            wait_for(process)
        faults = _break_things(clinic, house, rounds=rounds)
        print("Everything is mended; what is left goes.", flush=True)
        _finish(clinic)
    finally:
        for process in processes:
            process.kill()
    verdict = answered(lambda: judge(house.accepted(), asleep=clinic.asleep))
    figures = {
        "owed": clinic.owed,
        "sent": clinic.sent(),
        "lost": verdict.lost,
        "duplicates": verdict.duplicates,
        "duplicates_in_window": verdict.duplicates_in_window,
        "in_quiet_hours": verdict.in_quiet_hours,
        "faults": dict(faults),
        "seconds": round(time.monotonic() - began),
    }
    return verdict, figures


def _break_things(clinic: Clinic, house: House, *, rounds: int) -> Counter[str]:
    """Release a wave, and break something as soon as it flows; then the next, whether or not the last one is over."""
    happened: Counter[str] = Counter()
    waves = rounds * len(FAULTS)
    size = -(-len(clinic.waiting) // waves)
    for fault in islice(cycle(FAULTS), waves):
        before = len(house.accepted())
        clinic.release(size)
        _flows(house, before=before)
        fault(house)
        happened[fault.__name__] += 1
        print(f"{fault.__name__:24} {len(house.accepted()):7} accepted", flush=True)
    return happened


def _flows(house: House, *, before: int) -> None:
    """Wait until something of this wave is accepted, or a few sweeps have passed: everybody may be held up just now."""
    deadline = time.monotonic() + 3 * house.pause
    while len(house.accepted()) <= before and time.monotonic() < deadline:
        house.let_pauses_pass()
        time.sleep(0.1)


def _finish(clinic: Clinic) -> None:
    def all_sent() -> bool:
        clinic.let_pauses_pass()
        return clinic.sent() >= clinic.owed

    try:
        wait_until(all_sent, why="not everything is sent", poll=0.5, patience=120 + clinic.owed / 20)
    except TimeoutError as late:
        # The verdict says what is lost.
        print(late, flush=True)
