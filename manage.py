#!/usr/bin/env python
"""The command line of gutclinic."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gutclinic.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A sentence for whoever runs the server, and no traceback around it.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
