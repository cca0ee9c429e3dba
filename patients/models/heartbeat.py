"""That the background work goes on: one row for each part of it and each worker, written again each time it is done."""

from enum import StrEnum

from django.db import models

from protocols.models.content import choices


class Part(StrEnum):
    """sweep: what the clock brings about. sweep-broke: one in which something broke. delivery: a batch of envelopes."""

    SWEEP = "sweep"
    SWEEP_BROKE = "sweep-broke"
    DELIVERY = "delivery"


class Heartbeat(models.Model):
    """When this worker did this last. It says nothing of anybody."""

    part = models.CharField(max_length=12, choices=choices(Part))
    worker = models.CharField(max_length=120, help_text="The name under which the queue knows this worker.")
    at = models.DateTimeField()

    class Meta:
        ordering = ["part", "worker"]
        constraints = [models.UniqueConstraint(fields=["part", "worker"], name="one_heartbeat_per_part_and_worker")]

    def __str__(self) -> str:
        return f"{self.part} on {self.worker}"
