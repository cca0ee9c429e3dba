"""Settings of the property tests: quick at a desk, the same examples every time in continuous integration."""

import os

from hypothesis import settings

settings.register_profile("domain", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("domain")
