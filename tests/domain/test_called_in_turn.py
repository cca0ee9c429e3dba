"""Who is called in turn about something that nobody has taken on."""

from datetime import timedelta

from clinics.domain.escalation import called_in_turn

HOUR = timedelta(hours=1)


def called(told: str, order: list[str], then: list[str], **stand_in: str) -> list[str]:
    found = called_in_turn(told, order=order, then=then, stand_in=stand_in.get)
    assert [after for _, after in found] == [HOUR * number for number in range(1, len(found) + 1)]
    return [person for person, _ in found]


def test_the_order_comes_before_the_admins_an_hour_each() -> None:
    assert called("cho", ["one", "two"], ["admin"]) == ["one", "two", "admin"]


def test_whoever_stands_in_comes_first() -> None:
    assert called("cho", ["one"], ["admin"], cho="two") == ["two", "one", "admin"]


def test_nobody_is_called_twice_nor_who_was_told_first() -> None:
    assert called("cho", ["one", "cho", "admin"], ["admin", "one"]) == ["one", "admin"]


def test_for_somebody_away_whoever_stands_in_is_called() -> None:
    assert called("cho", ["one", "two"], [], one="two") == ["two"]
    assert called("two", ["one"], ["admin"], one="two") == ["admin"]


def test_without_anybody_else_nobody_is_called() -> None:
    assert called("cho", [], ["cho"]) == []
