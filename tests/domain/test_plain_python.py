"""The domain is plain Python: it works in a process where Django cannot be imported."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    f"{package}.domain.{path.stem}"
    for package in ("clinics", "protocols")
    for path in (ROOT / package / "domain").glob("*.py")
    if path.stem != "__init__"
)


def _source(module: str) -> str:
    return (ROOT / module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")


BLOCK_DJANGO = """
import sys

class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "celery", "rest_framework"}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, NoDjango())
"""


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCK_DJANGO + code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_every_module_is_imported_where_django_is_blocked() -> None:
    assert len(MODULES) >= 8
    done = _run("import importlib\n" + "".join(f"importlib.import_module({name!r})\n" for name in MODULES))
    assert done.returncode == 0, done.stderr


def test_the_block_itself_works() -> None:
    assert "django is blocked" in _run("import django").stderr


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_the_standard_library_and_other_domains_only(module: str) -> None:
    tree = ast.parse(_source(module))
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    imported += [node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    foreign = [
        name
        for name in imported
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith(("protocols.domain.", "clinics.domain."))
    ]
    assert foreign == []


@pytest.mark.parametrize("module", MODULES)
def test_no_module_reads_the_clock(module: str) -> None:
    calls = [node for node in ast.walk(ast.parse(_source(module))) if isinstance(node, ast.Call)]
    names = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    assert not names & {"now", "today", "utcnow"}
