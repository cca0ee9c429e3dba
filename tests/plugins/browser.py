"""A real browser: pages as a phone, a desktop or a browser without JavaScript sees them.

Pages reach this machine only. What the browser itself complains about (an error in a script, a breach of
the content security policy, a file that is not there) fails the test that opened the page.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright

from tools.downloads import CACHE, DownloadError
from tools.fetch_browser import browser_environment, browser_program

# Playwright's synchronous API runs an event loop in the tests' thread, where Django would refuse its
# database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

SCREENSHOTS = CACHE / "screenshots"
PHONE = "Pixel 7"
# WCAG 2.2 at AA, which includes the older ones, and what axe's authors advise beyond it.
ACCESSIBILITY_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHROMIUM_ARGUMENTS = [
    # The pages are our own, and containers seldom grant what the sandbox needs.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing outside is ever asked: a page that needs another host is broken, and shows it.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


class PageMaker:
    """Opens pages, each in a profile of its own, and remembers what the browser complained about."""

    def __init__(
        self, new_context: Callable[..., BrowserContext], playwright: Playwright, base_url: str | None
    ) -> None:
        self._new_context = new_context
        self._devices = playwright.devices
        self._base_url = base_url
        self.complaints: list[str] = []
        """Cleared by a test that expects some."""

    def __call__(self, *, phone: bool = True, zone: str = "UTC", javascript: bool = True) -> Page:
        """Open an empty page: on a phone or a desktop, in a time zone, with JavaScript or without.

        Where the test uses `live_server`, addresses may be paths: `page.goto("/")`.
        """
        profile: dict[str, Any] = dict(self._devices[PHONE]) if phone else {"viewport": {"width": 1280, "height": 800}}
        page = self._new_context(
            **profile,
            timezone_id=zone,
            locale="en-GB",
            java_script_enabled=javascript,
            base_url=self._base_url,
        ).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._note)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location['url']})")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Replace pytest-playwright's own: the browser that `make install` fetched."""
    try:
        program = browser_program()
    except DownloadError as error:
        pytest.fail(str(error), pytrace=False)
    return {"executable_path": program, "args": CHROMIUM_ARGUMENTS, "env": browser_environment()}


@pytest.fixture
def make_page(
    request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext], playwright: Playwright
) -> Iterator[PageMaker]:
    """Return what opens pages: `make_page(zone="Pacific/Auckland")`."""
    base_url = request.getfixturevalue("live_server").url if "live_server" in request.fixturenames else None
    maker = PageMaker(new_context, playwright, base_url)
    yield maker
    assert not maker.complaints, "The browser complained:\n" + "\n".join(maker.complaints)


@pytest.fixture
def phone_page(make_page: PageMaker) -> Page:
    """Return an empty page on a phone, in UTC."""
    return make_page()


@pytest.fixture
def desktop_page(make_page: PageMaker) -> Page:
    """Return an empty page on a desktop, in UTC."""
    return make_page(phone=False)


@pytest.fixture
def page_without_javascript(make_page: PageMaker) -> Page:
    """Return an empty page on a phone that runs no JavaScript."""
    return make_page(javascript=False)


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Return a check that axe finds nothing wrong with a page (it needs one that may run JavaScript)."""
    axe = Axe()

    def check(page: Page) -> None:
        # A click returns once the next page has begun; axe wants the whole of it.
        page.wait_for_load_state()
        results = axe.run(page, options={"runOnly": {"type": "tag", "values": ACCESSIBILITY_RULES}})
        found = [
            f"{violation['id']}: {violation['help']}\n    "
            + "\n    ".join(f"{' '.join(map(str, node['target']))}: {node['html']}" for node in violation["nodes"])
            for violation in results.response["violations"]
        ]
        assert not found, f"axe found on {page.url}:\n" + "\n".join(found)

    return check


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """Return what saves the whole page as `.cache/screenshots/<name>.png`."""

    def save(page: Page, name: str) -> Path:
        assert re.fullmatch(r"[a-z0-9-]+", name), f"“{name}” should be a name such as portal-journey."
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return save
