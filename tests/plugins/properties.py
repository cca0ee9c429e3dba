"""How hypothesis searches: without a time limit per example, as a busy machine would miss one by chance.

In continuous integration hypothesis has a profile of its own, which also makes every run the same.
"""

import os

from hypothesis import settings

if not os.environ.get("CI"):
    settings.register_profile("gutclinic", deadline=None)
    settings.load_profile("gutclinic")
