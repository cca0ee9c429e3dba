"""Somebody with a browser of their own: cookies, forms, and pages. It knows nothing of Django."""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Final

from gutclinic.demo.pages import Form, Page, read_page

PATIENCE_SECONDS: Final = 30


class Unexpected(Exception):
    """A page was not what it should be. The text names its address and what stands on it."""

    def __init__(self, what: str, page: Page) -> None:
        super().__init__(f"{what}\n    {page.address}: {page.title or 'without a heading'}\n    {page.words[:600]}")


class Visitor:
    """One person at the demonstration. Every method returns the page that one then sees, redirects followed."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, address: str) -> Page:
        """A page by its path or whole address. Raises `Unexpected` for anything that is no page."""
        return self._load(urllib.request.Request(urllib.parse.urljoin(self._address, address)))

    def send(self, form: Form, values: Mapping[str, str] | None = None, *, button: str = "") -> Page:
        """Send a form with these fields changed, by the button of this name."""
        content = urllib.parse.urlencode(form.filled(values or {}, button=button))
        if form.method == "post":
            return self._load(urllib.request.Request(form.action, content.encode(), method="POST"))
        return self.open(f"{form.action.partition('?')[0]}?{content}")

    def _load(self, request: urllib.request.Request) -> Page:
        try:
            with self._browser.open(request, timeout=PATIENCE_SECONDS) as answer:
                return read_page(answer.url, answer.read().decode())
        except urllib.error.HTTPError as refusal:
            with refusal:
                page = read_page(refusal.url, refusal.read().decode(errors="replace"))
            raise Unexpected(f"The server answered {refusal.code} {refusal.reason}.", page) from refusal
