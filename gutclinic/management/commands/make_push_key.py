"""manage.py make_push_key: a VAPID key for push messages, to be kept in the settings."""

from typing import Any

from django.core.management.base import BaseCommand

from patients.reminders.channels.vapid import new_vapid_key


class Command(BaseCommand):
    help = "Print a new key for push messages. With another key, whoever has said yes to them must say it again."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"VAPID_PRIVATE_KEY={new_vapid_key()}")
