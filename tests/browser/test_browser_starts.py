"""The browser of the tests is a real one, and its checks can fail."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.plugins.browser import PageMaker

pytestmark = pytest.mark.browser

DOCUMENT = """<!doctype html>
<html lang="en">
<head><title>A page</title><meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Repair</h1><p>Day 9 of 28 · äöü ½ – “quoted”</p>{}</main></body>
</html>"""


def _visit(page: Page, body: str, *, policy: str = "") -> None:
    """Open a document as if a server had sent it."""
    headers = {"Content-Security-Policy": policy, "Content-Type": "text/html; charset=utf-8"}
    page.route("http://localhost/", lambda route: route.fulfill(body=DOCUMENT.format(body), headers=headers))
    page.goto("http://localhost/")


def test_a_page_is_drawn_as_on_a_phone(phone_page: Page, screenshot: Callable[[Page, str], Path]) -> None:
    phone_page.set_content(DOCUMENT.format(""))
    assert phone_page.viewport_size == {"width": 412, "height": 839}
    path = screenshot(phone_page, "browser-starts")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_page_has_the_zone_it_is_given(make_page: PageMaker) -> None:
    page = make_page(zone="Pacific/Kiritimati")
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Pacific/Kiritimati"


def test_a_desktop_is_wider_than_a_phone(desktop_page: Page) -> None:
    assert desktop_page.evaluate("window.innerWidth") == 1280


def test_a_page_without_javascript_runs_none(page_without_javascript: Page) -> None:
    page = page_without_javascript
    _visit(page, "<noscript>None runs</noscript><script>document.body.textContent = 'Some ran'</script>")
    # Playwright's search by text passes over what stands in a noscript.
    text = page.inner_text("body")
    assert "None runs" in text
    assert "Some ran" not in text


def test_an_accessible_page_passes(phone_page: Page, assert_accessible: Callable[[Page], None]) -> None:
    phone_page.set_content(DOCUMENT.format(""))
    assert_accessible(phone_page)


def test_a_planted_fault_is_found(phone_page: Page, assert_accessible: Callable[[Page], None]) -> None:
    phone_page.set_content(DOCUMENT.format('<input type="text"><p style="color: #aaa">Faint</p>'))
    with pytest.raises(AssertionError, match=r"(?s)color-contrast: .*label: "):
        assert_accessible(phone_page)


def test_accessibility_is_checked_under_a_strict_policy(
    phone_page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    _visit(phone_page, "<input type='text'>", policy="default-src 'self'")
    with pytest.raises(AssertionError, match="label: "):
        assert_accessible(phone_page)


def test_an_error_in_a_script_is_a_complaint(make_page: PageMaker) -> None:
    page = make_page()
    page.set_content(DOCUMENT.format("<script>throw new Error('planted')</script>"))
    assert make_page.complaints == ["planted"]
    make_page.complaints.clear()


def test_another_host_is_never_asked(make_page: PageMaker) -> None:
    page = make_page()
    with page.expect_event("console"):
        page.set_content(DOCUMENT.format("<img src='https://cdn.example.org/logo.png' alt=''>"))
    assert len(make_page.complaints) == 1
    assert "ERR_NAME_NOT_RESOLVED (https://cdn.example.org/logo.png)" in make_page.complaints[0]
    make_page.complaints.clear()
