"""How a channel is doing, shared by all workers: whether it answers at all, and how much was handed over lately.

Of a channel with several providers each has a row of its own beside it: one that is dead stops no other.
"""

from django.db import models


class ChannelState(models.Model):
    """One channel, or one provider of it; no row means that nothing is known against it.

    Nothing here decides whether something is owed or sent: without these rows workers only try a dead server more
    often, or a limited one faster.
    """

    # Its name; of one provider of several the host behind it, after a space.
    channel = models.CharField(max_length=270, unique=True)
    # Hand-overs in a row that nobody accepted or refused for good.
    failure_count = models.PositiveIntegerField(default=0)
    # Until when nobody tries; then one worker does, with one envelope.
    shut_until = models.DateTimeField(null=True)
    # The instant at which all that was let through so far would have gone at the rate that is set.
    paced_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Channel {self.channel}"
