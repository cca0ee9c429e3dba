"""Runs tests in a process where Django cannot be imported: the domain is plain Python."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

FORBIDDEN = ("celery", "django", "rest_framework")


class NoDjango(MetaPathFinder):
    """Refuses the forbidden packages before anyone finds them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise ImportError for a forbidden package; otherwise leave it to the ordinary finders."""
        if fullname.partition(".")[0] in FORBIDDEN:
            raise ImportError(f"{fullname} was imported where only the domain may be.", name=fullname)
        return None


sys.meta_path.insert(0, NoDjango())
