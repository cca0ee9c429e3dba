"""Whether reminders survive what breaks: `make chaos`."""
