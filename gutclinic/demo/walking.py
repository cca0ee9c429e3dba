"""What every walk through the house has in common: steps that are told, signing in, and finding one’s way on a page."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gutclinic.demo.pages import Form, Page
from gutclinic.demo.visitor import Unexpected, Visitor


class TrialFailed(Exception):
    """A step did not show what it should; the text says which, and what was there instead."""


class Walk:
    """One walk through the house. tell: where each step is reported. watch: raises if a process has ended."""

    def __init__(self, address: str, *, tell: Callable[[str], object], watch: Callable[[], None]) -> None:
        self.address = address
        self.watch = watch
        self._tell = tell
        self._signed_in: dict[str, Visitor] = {}

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except (Unexpected, OSError) as error:
            self.watch()
            raise TrialFailed(f"  ✗ {words}\n    {error}") from error
        self._tell(f"  ✓ {words} ({time.monotonic() - began:.1f} s)")

    def somebody(self) -> Visitor:
        """Somebody who has just sat down, with a browser of their own."""
        return Visitor(self.address)

    def sign_in(self, visitor: Visitor, email: str, *, at: Page | None = None) -> Page:
        """Ask for a code, read it in the outbox, type it in. at: the sign-in page, if one is there already."""
        page = at or visitor.open("/account/login/code/")
        page = visitor.send(form_with(page, "email"), {"email": email})
        return visitor.send(form_with(page, "code"), {"code": self.code_for(email, r"\d{4}-\d{4}")})

    def signed_in(self, email: str) -> Visitor:
        """Who has signed in with this address; at the first time it is done now. Codes are not given without end."""
        if email not in self._signed_in:
            self._signed_in[email] = visitor = self.somebody()
            self.sign_in(visitor, email)
        return self._signed_in[email]

    def code_for(self, email: str, pattern: str) -> str:
        """The newest code of this pattern that was sent to this address."""
        page = self.outbox(email)
        code = re.search(rf"\b{pattern}\b", page.words)
        if code is None:
            raise Unexpected(f"There is no code for {email}.", page)
        return code[0]

    def outbox(self, email: str) -> Page:
        return self.somebody().open(f"/demo/outbox/?to={email}")


def form_with(page: Page, name: str) -> Form:
    form = page.form_with(name)
    if form is None:
        raise Unexpected(f"There is no form that asks for “{name}”.", page)
    return form


def form_to(page: Page, ending: str) -> Form:
    form = page.form_to(ending)
    if form is None:
        raise Unexpected(f"There is no form that leads to “…{ending}”.", page)
    return form


def link_to(page: Page, ending: str) -> str:
    link = next(page.links_to(ending), None)
    if link is None:
        raise Unexpected(f"No link leads to “…{ending}”.", page)
    return link.address


def require(page: Page, words: str) -> Page:
    if words not in page.words:
        raise Unexpected(f"“{words}” is not there.", page)
    return page


def refuse(page: Page, *telling: str) -> Page:
    """None of these words may stand there."""
    for words in telling:
        if re.search(rf"\b{words}\b", page.words, re.IGNORECASE):
            raise Unexpected(f"It tells too much: “{words}”.", page)
    return page
