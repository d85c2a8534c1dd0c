"""Bring a database to this version: tables, cache, catalogue, and what each role may do. Runs as the tables' owner.

``python deploy/migrate.py``, before the new version's roles start. Every step may be run again.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

HERE = Path(__file__).resolve().parent


def main() -> None:
    """The command."""
    call_command("migrate", interactive=False, verbosity=1)
    call_command("createcachetable", verbosity=1)
    call_command("load_catalog", verbosity=1)
    dispatchers = io.StringIO()
    call_command("dispatcher_grants", "lensdb_dispatch", stdout=dispatchers)
    with connection.cursor() as cursor:
        cursor.execute((HERE / "postgres" / "grants.sql").read_text())
        cursor.execute(dispatchers.getvalue())
    sys.stdout.write("The roles may do what this version needs.\n")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lensdb.settings")
    django.setup()
    main()
