"""What pytest is taught for this project: `services` by pyproject.toml, the others by tests/conftest.py."""
