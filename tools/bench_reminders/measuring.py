"""What is measured, each once: the same messages over SMTP, over a channel that records, bare; tasks; a sweep."""

import time

from celery import Task
from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone

from gutclinic.celery import app
from patients import tasks
from patients.models import Attempt, Heard, Message, Reminder
from patients.reminders.channels import EmailSender, Envelope
from tools.reminder_load.people import tidy
from tools.reminder_load.tasks import nothing, sweep_recording
from tools.reminder_load.waiting import wait_until


def delivered_per_second(sweep: Task) -> float:
    """All that is due, from the sweep until the last outcome is written down. Nothing has gone when it begins."""
    owe_again()
    due = Reminder.objects.due(timezone.now()).count()
    began = time.perf_counter()
    sweep.delay()
    wait_until(lambda: Message.objects.filter(status="sent").count() >= due, why="not everything is sent")
    return due / (time.perf_counter() - began)


def warm_up(processes: int) -> None:
    """Let every process read once what it keeps in memory, such as the safety rules."""
    for _ in range(2 * processes):
        tasks.sweep.delay()
    _wait_for_queue()


def messages_per_second() -> float:
    """Over SMTP."""
    return delivered_per_second(tasks.sweep)


def handovers_per_second() -> float:
    """Over a channel that only records, with everything that is committed for each message."""
    return delivered_per_second(sweep_recording)


def smtp_loop_per_second(count: int) -> float:
    """A bare loop that renders the same message and sends it over one open connection: no database, one process."""
    began = time.perf_counter()
    with EmailSender() as sender:
        for number in range(count):
            sender.send(_same_message(number))
    return count / (time.perf_counter() - began)


def celery_noop_per_second(count: int) -> float:
    """Tasks that do nothing, on the same broker and workers: from the first that is published until all are done."""
    began = time.perf_counter()
    with app.connection_for_write() as broker, app.amqp.Producer(broker) as producer:
        for _ in range(count):
            nothing.apply_async(producer=producer)
    _wait_for_queue()
    return count / (time.perf_counter() - began)


def sweep_ms() -> float:
    """One sweep, as beat asks for it each minute: all that is due is put into envelopes, and workers are woken."""
    owe_again()
    began = time.perf_counter()
    tasks.sweep()
    took = 1000 * (time.perf_counter() - began)
    app.control.purge()
    return took


def keep_due(count: int) -> None:
    """Let so many be due, and no more."""
    owe_again()
    kept = Reminder.objects.order_by("pk").values("pk")[:count]
    Reminder.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


def owe_again() -> None:
    """Nothing of what is due has gone yet."""
    Attempt.objects.all()._raw_delete("default")
    Reminder.objects.exclude(status="owed", message=None).update(
        status="owed", reason="", message=None, finished_at=None
    )
    Message.objects.all()._raw_delete("default")
    # Nor does it count against what somebody gets in a day.
    Heard.objects.update(written_on=None, written_count=0, unanswered_since=None)
    connection.close()
    tidy()


def _wait_for_queue() -> None:
    """Until every task is done, and acknowledged."""
    with app.connection_for_read() as broker:
        client = broker.default_channel.client
        queue = app.conf.task_default_queue
        wait_until(lambda: not client.llen(queue) and not client.hlen("unacked"), why="tasks are left")


def _same_message(number: int) -> Envelope:
    """As `patients.reminders.wording` makes it for a patient with one note."""
    context = {"count": 1, "link": f"https://clinic.example.org/portal/P{number:09}/"}
    return Envelope(
        address=f"p{number}@example.org",
        sender_name="Your clinic",
        subject=render_to_string("emails/patient_note.subject.txt", context).strip(),
        text=render_to_string("emails/patient_note.txt", context),
        html=render_to_string("emails/patient_note.html", context),
        idempotency_key=f"{number}.loop@example.org",
    )
