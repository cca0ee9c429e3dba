"""The documentation may speak only of what exists."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.check_docs import anchors, problems

Check = Callable[[str], list[str]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Return what checks a README.md of this text in a small project."""
    (tmp_path / "Makefile").write_text("SHELL := /bin/sh\n.PHONY: test\ntest: install\n\tpytest\ninstall:\n\ttrue\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "deploy.md").write_text("# Deploy\n## A backup, daily\n")
    (tmp_path / "patients" / "services").mkdir(parents=True)
    (tmp_path / "patients" / "services" / "assign.py").touch()

    def checked(text: str) -> list[str]:
        (tmp_path / "README.md").write_text(text)
        return list(problems(tmp_path, management_commands={"migrate", "open_clinic"}))

    return checked


@pytest.mark.parametrize(
    "text",
    [
        "[Deploy](docs/deploy.md), [backup](docs/deploy.md#a-backup-daily), [here](#top)\n# Top",
        "[Python](https://www.python.org/no-such-page) and [mail](mailto:angela@example.org)",
        "`make test`, `make test ARGS=-x`, `make install && make test`, then we make sure of it.",
        "```\nmake test\n.venv/bin/python manage.py migrate\n```",
        "`manage.py open_clinic` and `python manage.py migrate --check`",
        "`patients/services/assign.py`, `patients/services/`, `assign.py`, `patients/*/assign.py`, `docs/`",
        "`patients/services/assign.py::assign`, `.venv/bin/python`, `.cache/browser`, `var/outbox`",
        "`and/or`, `8.5/10`, `Plan.objects`, `n/a`, `20 mg`",
    ],
    ids=range(8),
)
def test_what_exists_may_be_named(check: Check, text: str) -> None:
    assert check(text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[x](docs/backup.md)", "README.md: the link to docs/backup.md leads to no file."),
        ("[x](docs/deploy.md#restore)", "README.md: the link to docs/deploy.md#restore leads to no heading."),
        ("[x](#missing)", "README.md: the link to #missing leads to no heading."),
        ("`make tset`", "README.md: `make tset` is no target of the Makefile."),
        ("```\nmake tset ARGS=-x\n```", "README.md: `make tset` is no target of the Makefile."),
        ("`./manage.py migrat`", "README.md: `manage.py migrat` is no command."),
        ("`patients/services/advance.py`", "README.md: `patients/services/advance.py` is not in the tree."),
        ("`patients/portal/`", "README.md: `patients/portal/` is not in the tree."),
        ("`advance.py`", "README.md: `advance.py` is not in the tree."),
        ("`patient/models.py`", "README.md: `patient/models.py` is not in the tree."),
    ],
    ids=lambda value: value if value.startswith(("[", "`")) else "",
)
def test_what_does_not_exist_is_found(check: Check, text: str, problem: str) -> None:
    assert check(text) == [problem]


def test_a_page_in_a_folder_links_from_there(check: Check, tmp_path: Path) -> None:
    (tmp_path / "docs" / "glossary.md").write_text("[Deploy](deploy.md), [home](../README.md), [gone](docs/deploy.md)")
    assert check("# Home") == ["docs/glossary.md: the link to docs/deploy.md leads to no file."]


def test_headings_become_anchors_as_on_github() -> None:
    text = "# A fresh machine\n## `make demo`: what it does\n## Same\n## Same\n"
    text += "```\n# not a heading\n```\n### Über [x](y.md)"
    assert anchors(text) == {"a-fresh-machine", "make-demo-what-it-does", "same", "same-1", "über-x"}
