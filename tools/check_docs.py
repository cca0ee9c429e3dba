"""Check that the documentation speaks of what exists: `.venv/bin/python -m tools.check_docs`.

In README.md, CONTRIBUTING.md and docs/: every relative link leads to a file and, with `#`, to a heading in
it; every `make …` and `manage.py …` in code is a command; every path in code spans is in the tree.
Addresses outside the project are not visited.
"""

import os
import re
import sys
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What is not in the tree, though docs may speak of it: made by commands, or ignored.
MADE_LATER = (".venv", ".cache", "var", ".env")
FILE_ENDINGS = "css html in ini js json md mo po py sh sql svg toml txt yaml yml"

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+?)#*$", re.MULTILINE)
MAKE_TARGET = re.compile(r"^([A-Za-z][\w-]*):(?!=)", re.MULTILINE)
MAKE_COMMAND = re.compile(r"(?:^|[\s;&(])make ([a-z][\w-]*)(?![\w.=/-])", re.MULTILINE)
MANAGE_COMMAND = re.compile(r"manage\.py ([a-z]\w*)")
PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*/?")
FILE_NAME = re.compile(rf"[\w*-][\w.*-]*\.(?:{FILE_ENDINGS.replace(' ', '|')})")


def documents(root: Path) -> list[Path]:
    """Return the documents to check, in a steady order."""
    pages = [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]
    return [page for page in pages if page.exists()]


def problems(root: Path, *, management_commands: Collection[str]) -> Iterator[str]:
    """Yield one sentence for everything the documents below `root` name and that does not exist."""
    makefile = root / "Makefile"
    targets = MAKE_TARGET.findall(makefile.read_text(encoding="utf-8")) if makefile.exists() else []
    for page in documents(root):
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(root)
        prose = FENCE.sub("", text)
        spans = CODE_SPAN.findall(prose)
        code = "\n".join([*FENCE.findall(text), *spans])
        yield from (f"{name}: {problem}" for problem in broken_links(page, CODE_SPAN.sub("", prose)))
        for target in sorted(set(MAKE_COMMAND.findall(code)) - set(targets)):
            yield f"{name}: `make {target}` is no target of the Makefile."
        for command in sorted(set(MANAGE_COMMAND.findall(code)) - set(management_commands)):
            yield f"{name}: `manage.py {command}` is no command."
        for span in spans:
            if names_a_path(span, root) and not exists(span, page, root):
                yield f"{name}: `{span}` is not in the tree."


def broken_links(page: Path, prose: str) -> Iterator[str]:
    """Yield a sentence for every relative link that leads nowhere."""
    for link in LINK.findall(prose):
        address, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", address):
            continue
        target = page.parent / address if address else page
        if not target.exists():
            yield f"the link to {link} leads to no file."
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"the link to {link} leads to no heading."


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, made as GitHub makes them."""
    found: dict[str, int] = {}
    names = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        count = found.get(anchor, 0)
        found[anchor] = count + 1
        names.add(f"{anchor}-{count}" if count else anchor)
    return names


def names_a_path(span: str, root: Path) -> bool:
    """Tell whether a code span is the name of a file, or a path that begins like one of the project's."""
    path = span.partition("::")[0]
    if path.startswith(MADE_LATER) or not PATH.fullmatch(path):
        return False
    first, slash, _ = path.partition("/")
    return bool(FILE_NAME.fullmatch(path.rpartition("/")[2])) or bool(slash and (root / first).exists())


def exists(span: str, page: Path, root: Path) -> bool:
    """Tell whether a path (`*` allowed) is in the tree: from the root, from the page, or by its name."""
    path = span.partition("::")[0].rstrip("/")
    if any(any(folder.glob(path)) for folder in (root, page.parent)):
        return True
    return "/" not in path and any(_named(path, root))


def _named(name: str, root: Path) -> Iterator[Path]:
    """Yield the files of this name anywhere below `root`, but not in what is made later."""
    for folder, folders, _ in os.walk(root):
        folders[:] = [child for child in folders if child not in {*MADE_LATER, ".git"}]
        yield from Path(folder).glob(name)


def main() -> int:
    """Print what is wrong with the project's own documents; return the exit status."""
    import django
    from django.core.management import get_commands

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gutclinic.settings")
    django.setup()
    found = list(problems(ROOT, management_commands=get_commands().keys()))
    report = partial(print, file=sys.stderr)
    for problem in found:
        report(problem)
    if not documents(ROOT):
        report("There is no documentation.")
        return 1
    if not found:
        print(f"docs: {len(documents(ROOT))} pages speak of what exists")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
