"""What the clock and people do in the stories of reminders: sweeps by every channel, texts, and a look at each page."""

import json
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page

from clinics.actor import for_system
from patients.reminders.channels.configured import senders
from patients.reminders.outbox import deliver_due, waiting
from patients.services.sweeping import do_what_is_due
from tests.browser.portal_visits import now

PHONE = {"width": 412, "height": 839}


def sweep_all_channels() -> None:
    """What beat and a worker do each minute, by whichever channel it is to go."""
    do_what_is_due(by=for_system(), at=now())
    waiting(at=now())
    deliver_due(sender=senders(clock=timezone.now), clock=timezone.now)


def texts_in(folder: Path) -> list[dict[str, str]]:
    """The text messages that the file provider wrote, each once."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


class Looking:
    """Looks at a page as it is, by day and by night, on a phone and, of a desk, on the desk too.

    A desk is opened again for each, since the workspace settles its colours when a page opens: look before you type.
    """

    def __init__(self, accessible: Callable[[Page], None], screenshot: Callable[[Page, str], Path]) -> None:
        self._accessible = accessible
        self._screenshot = screenshot

    def at(self, page: Page, name: str) -> None:
        wide = page.viewport_size
        is_desk = wide is not None and wide["width"] > PHONE["width"]
        for scheme, suffix in (("dark", "-dark"), ("light", "")):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            if is_desk:
                page.reload(wait_until="networkidle")
            self._accessible(page)
            self._screenshot(page, f"reminders-{name}{suffix}")
        if is_desk:
            page.set_viewport_size(PHONE)
            self._accessible(page)
            self._screenshot(page, f"reminders-{name}-phone")
            page.set_viewport_size(wide)
