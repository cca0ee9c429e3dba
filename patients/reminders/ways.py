"""The ways to a patient: every channel by which one may be written to now, and the order that this person wants."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from patients.models import (
    USUAL_ORDER,
    Channel,
    ContactPoint,
    MessageGroup,
    MessagePreference,
    Patient,
    PushSubscription,
)
from patients.reminders.channels.configured import channels_set_up, takes_from_us
from patients.reminders.channels.push_subscription import PushSubscription as Subscription


@dataclass(frozen=True, slots=True)
class Way:
    """One channel and where it leads. The portal leads to the record itself, whose code stands there.

    is_cut_off: a setting of this server closes it: a device that was given another key, or whose push service is not
    listed. Nothing is handed over by it.
    """

    channel: Channel
    address: str
    is_cut_off: bool = False


@dataclass(frozen=True, slots=True)
class Ways:
    """All that are usable to one patient, in the usual order, and what was said.

    said: by group and kind; an empty kind is the group as a whole. cut_off: one that she has and that is none now;
    None where its channel leads to her all the same.
    """

    usable: tuple[Way, ...]
    said: Mapping[tuple[str, str], tuple[Channel, ...]]
    cut_off: Way | None = None

    def is_said(self, group: MessageGroup, kind: str = "") -> bool:
        """Whether she said anything of this kind by itself; without a kind, of the group as a whole."""
        return (group.value, kind) in self.said

    def order(self, group: MessageGroup | None, kind: str = "") -> tuple[Channel, ...]:
        """The channels that are wanted for this kind, whether they lead anywhere or not, the first choice first; empty:
        no such messages. Without a kind, for whatever of its group nothing was said of by itself. group: None for what
        nobody can switch off.
        """
        if group is None:
            return USUAL_ORDER
        of_all = self.said.get((group.value, ""), USUAL_ORDER)
        return self.said.get((group.value, kind), of_all)

    def wanted(self, group: MessageGroup | None, kind: str = "") -> tuple[Way, ...]:
        """Those of them that lead to her: by these it may go."""
        by_channel = {way.channel: way for way in self.usable}
        return tuple(by_channel[channel] for channel in self.order(group, kind) if channel in by_channel)

    def waited_for(self, group: MessageGroup | None, kind: str = "") -> tuple[Way, ...]:
        """The same; or for whoever wants no other, the one that is cut off. A wrong setting is mended, and until it is
        too late nothing is given up for it: it waits.
        """
        wanted = self.wanted(group, kind)
        if wanted or self.cut_off is None or self.cut_off.channel not in self.order(group, kind):
            return wanted
        return (self.cut_off,)


def ways_of(patients: Collection[Patient]) -> dict[int, Ways]:
    """The ways to each of these, by their keys, in a few queries for all of them."""
    keys = [patient.pk for patient in patients]
    if not keys:
        return {}
    set_up = channels_set_up()
    found: dict[int, dict[Channel, str]] = {key: {} for key in keys}
    for patient_id, kind, value in (
        ContactPoint.objects.agreed().filter(patient__in=keys).values_list("patient_id", "kind", "value")
    ):
        found[patient_id][Channel(kind)] = value
    cut_off: dict[int, Way] = {}
    if Channel.PUSH in set_up:
        # The newest browser stands last, and is the one that is used. One whose push service, or key, was taken out of
        # the settings is no way until it stands there again: nobody has to say yes anew for what an operator mends.
        for row in PushSubscription.objects.usable().filter(patient__in=keys):
            if takes_from_us(row.endpoint, made_for=row.made_for):
                found[row.patient_id][Channel.PUSH] = address_of(row)
            else:
                cut_off[row.patient_id] = Way(Channel.PUSH, address_of(row), is_cut_off=True)
    for patient in patients:
        if patient.user_id is not None:
            found[patient.pk][Channel.PORTAL] = patient.code
    said: dict[int, dict[tuple[str, str], tuple[Channel, ...]]] = {key: {} for key in keys}
    for preference in MessagePreference.objects.filter(patient__in=keys):
        said[preference.patient_id][preference.group, preference.kind] = preference.order
    return {
        key: Ways(
            _in_usual_order(addresses, set_up), said[key], None if Channel.PUSH in addresses else cut_off.get(key)
        )
        for key, addresses in found.items()
    }


def address_of(row: PushSubscription) -> str:
    """The address of a browser, as its channel takes it."""
    return Subscription(row.endpoint, row.p256dh, row.auth).address


def _in_usual_order(addresses: Mapping[Channel, str], set_up: Iterable[Channel]) -> tuple[Way, ...]:
    return tuple(
        Way(channel, addresses[channel]) for channel in USUAL_ORDER if channel in addresses and channel in set_up
    )
