"""Somebody with a browser of their own: cookies, forms, and pages. It knows nothing of Django."""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Final

from gutclinic.demo.pages import Form, Page, read_page

PATIENCE_SECONDS: Final = 30


class Unexpected(Exception):
    """A page was not what it should be. The text names its address and what stands on it."""

    def __init__(self, what: str, page: Page) -> None:
        super().__init__(f"{what}\n    {page.address}: {page.title or 'without a heading'}\n    {page.words[:600]}")


@dataclass(frozen=True, slots=True)
class File:
    """What is no page. kind: its media type, such as “application/pdf”."""

    address: str
    kind: str
    content: bytes

    @property
    def is_pdf(self) -> bool:
        return self.kind == "application/pdf" and self.content.startswith(b"%PDF-")


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

    def fetch(self, address: str) -> File:
        """A file, such as a PDF. Raises `Unexpected` for anything that is not there."""
        return self._ask(urllib.request.Request(urllib.parse.urljoin(self._address, address)))

    def _load(self, request: urllib.request.Request) -> Page:
        file = self._ask(request)
        page = read_page(file.address, file.content.decode(errors="replace"))
        if file.kind != "text/html":
            raise Unexpected(f"This is no page but {file.kind}.", page)
        return page

    def _ask(self, request: urllib.request.Request) -> File:
        try:
            with self._browser.open(request, timeout=PATIENCE_SECONDS) as answer:
                return File(answer.url, answer.headers.get_content_type(), answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                page = read_page(refusal.url, refusal.read().decode(errors="replace"))
            raise Unexpected(f"The server answered {refusal.code} {refusal.reason}.", page) from refusal
