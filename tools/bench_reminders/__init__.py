"""How fast reminders go: `make bench-reminders`."""
