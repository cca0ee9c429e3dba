"""The system check that says at start when a shipped pack is faulty."""

import pytest

from gutclinic.checks import shipped_packs_are_whole
from protocols.services import knowledge
from protocols.services.pack_files import PackError

FAULT = "safety_rules.toml, line 7, rules[0].cite: Say where this was read."


def test_what_ships_is_whole() -> None:
    assert shipped_packs_are_whole() == []


def test_a_faulty_pack_is_said_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PackError([FAULT])

    monkeypatch.setattr(knowledge, "shipped_knowledge", refuse)
    (problem,) = shipped_packs_are_whole()
    assert problem.id == "gutclinic.E005"
    assert FAULT in str(problem.msg)
    assert problem.hint
