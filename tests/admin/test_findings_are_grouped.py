"""Findings that share a substance are read as one matter, under its name."""

from patients.admin.safety.groups import grouped
from patients.admin.safety.words import Shown


def shown(rule: str, *names: str, severity: str = "WARN") -> Shown:
    return Shown(rule=rule, severity=severity, names=names, conditions=(), text="", cite="", mark="")


def test_one_substance_is_one_group_and_its_title_begins_with_a_capital() -> None:
    found = grouped([shown("R15", "zinc"), shown("R16", "copper", "Zinc"), shown("R33", "betaine HCl")])
    assert [(group.title, [each.rule for each in group.findings]) for group in found] == [
        ("Zinc", ["R15", "R16"]),
        ("Betaine HCl", ["R33"]),
    ]


def test_the_gravest_group_stands_first() -> None:
    found = grouped([shown("R15", "alpha"), shown("R16", "alpha"), shown("R01", "beta", severity="BLOCK")])
    assert [group.title for group in found] == ["Beta", "Alpha"]
