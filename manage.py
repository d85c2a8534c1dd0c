#!/usr/bin/env python
"""Django's command line; joins the embedded PostgreSQL first where the settings use it."""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line

from lensdb.lib import embedded_postgres


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lensdb.settings")
    if settings.EMBEDDED_POSTGRES:
        embedded_postgres.join(settings.EMBEDDED_POSTGRES)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
