"""The key of what was asked for once more: that of the plan’s own call, and who asked."""

AGAIN = ":again-"


def key_again(key: str, *, note: str, channel: str) -> str:
    """The key of a repetition of what has this key, itself a repetition or not: an occurrence of its own.

    note: the code of the act. channel: by which it goes now.
    """
    occurrence, _, _ = called_key(key).rpartition(":")
    return f"{occurrence}{AGAIN}{note}:{channel}"


def called_key(key: str) -> str:
    """The key as the plan calls for it, by the same channel."""
    occurrence, again, rest = key.partition(AGAIN)
    return f"{occurrence}:{rest.rpartition(':')[2]}" if again else key
