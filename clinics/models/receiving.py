"""When and where somebody can be reached: the columns that staff and patients share."""

from datetime import time

from django.core.exceptions import ValidationError
from django.db import models

from clinics.domain.instants import UnknownZone, zone
from clinics.domain.quiet import QuietHours, QuietHoursError


def validate_zone(name: str) -> None:
    try:
        zone(name)
    except UnknownZone as error:
        raise ValidationError(str(error), code="unknown_zone") from error


class Receiving(models.Model):
    """Somebody who receives messages. Nights are theirs: zone, quiet hours and time of day are the recipient's own."""

    zone = models.CharField(
        "time zone",
        max_length=64,
        validators=[validate_zone],
        help_text="Where this person lives, as in the tz database, for example Europe/Berlin or Pacific/Auckland.",
    )
    quiet_starts = models.TimeField(
        "quiet from",
        default=time(21),
        help_text="No message is sent from this time on. Quiet hours last at most 14 hours.",
    )
    quiet_ends = models.TimeField(
        "quiet until", default=time(8), help_text="Messages may be sent again from this time on."
    )
    message_time = models.TimeField(
        "preferred time",
        default=time(9),
        help_text="When messages should arrive. Inside the quiet hours the nearest allowed time of that day is taken.",
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        try:
            QuietHours(self.quiet_starts, self.quiet_ends)
        except QuietHoursError as error:
            raise ValidationError({"quiet_ends": str(error)}) from error

    @property
    def quiet_hours(self) -> QuietHours:
        return QuietHours(self.quiet_starts, self.quiet_ends)
