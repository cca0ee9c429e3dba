"""The real mail server as a fixture."""

import pytest
from pytest_django import Settings

from tests.plugins.services import OUTBOX
from tests.servers.outbox import Outbox


@pytest.fixture
def smtp_sink(request: pytest.FixtureRequest, settings: Settings) -> Outbox:
    """Return the mail server's outbox, empty and accepting, with Django sending to it.

    Without this fixture Django's test runner keeps messages in `django.core.mail.outbox` instead.
    """
    outbox = request.config.stash[OUTBOX]
    outbox.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return outbox
