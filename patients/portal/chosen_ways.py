"""What she chose for each group of messages and for each kind in it, as “How we reach you” shows it."""

from dataclasses import dataclass, replace

from patients.models import Channel, MessageGroup
from patients.portal.messages_sent import BY
from patients.reminders.kinds import kinds_in
from patients.reminders.ways import Ways

NONE = "none"
AS_GROUP = "as-group"
"""What is chosen for a kind that goes as its group does."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What goes the same way, a group of messages or one kind: the first way, and whether the others may stand in.

    lost: the first way, where it leads nowhere now. instead: by which other one such messages come then; empty where
    none does. error: why this choice, which is as it was sent, was refused.
    """

    name: str
    label: str
    first: str
    has_others: bool
    lost: Channel | None = None
    instead: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class GroupOfChoices:
    """One group as a whole, and each of its kinds by itself; empty where there is but one, and nothing said of it.

    is_mixed: whether anything in it has a choice of its own.
    """

    whole: Choice
    single: list[Choice]
    is_mixed: bool

    @property
    def has_error(self) -> bool:
        return bool(self.whole.error) or self._has_single_error

    @property
    def is_open(self) -> bool:
        """Whether what is chosen one by one has to be seen."""
        return self.is_mixed or self._has_single_error

    @property
    def _has_single_error(self) -> bool:
        return any(each.error for each in self.single)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One form that was not saved: what it was about, as it was sent, and why it was refused."""

    group: str
    kind: str
    first: str
    has_others: bool
    why: str


def choices_in(group: MessageGroup, ways: Ways, refusal: Refusal | None) -> GroupOfChoices:
    """The choices of this group as they stand; what was refused as it was sent."""
    kinds = kinds_in(group)
    whole = _choice(group, "", group.label, ways)
    single = [
        _choice(group, kind.name, kind.her_words, ways)
        if ways.is_said(group, kind.name)
        else Choice(kind.name, kind.her_words, AS_GROUP, whole.has_others)
        for kind in kinds
    ]
    is_mixed = any(each.first != AS_GROUP for each in single)
    if len(single) == 1 and not is_mixed:
        single = []
    if refusal is not None and refusal.group == group.value:
        whole = whole if refusal.kind else _as_sent(whole, refusal, ways)
        single = [_as_sent(each, refusal, ways) if each.name == refusal.kind else each for each in single]
    return GroupOfChoices(whole, single, is_mixed)


def _choice(group: MessageGroup, kind: str, label: str, ways: Ways) -> Choice:
    """What was said of it; of a group of which nothing was, the usual order as far as it leads to her."""
    wanted = tuple(way.channel for way in ways.wanted(group, kind))
    order = ways.order(group, kind) if ways.is_said(group, kind) else wanted
    lost = order[0] if order and order[0] not in wanted else None
    return Choice(
        name=kind or group.value,
        label=label,
        first=order[0].value if order else NONE,
        has_others=len(ways.order(group, kind)) > 1,
        lost=lost,
        instead=BY[wanted[0]] if lost is not None and wanted else "",
    )


def _as_sent(choice: Choice, refusal: Refusal, ways: Ways) -> Choice:
    usable = {way.channel for way in ways.usable}
    lost = next((channel for channel in Channel if channel.value == refusal.first and channel not in usable), None)
    return replace(choice, first=refusal.first, has_others=refusal.has_others, lost=lost, error=refusal.why)
