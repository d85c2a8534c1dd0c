"""manage.py rotate_serials: after a new key was put in front of LENSDB_SERIAL_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lensdb.submissions import actions


class Command(BaseCommand):
    help = "Bring all serial numbers under the newest key. Afterwards the older keys can be removed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{actions.rotate_serials()} serial numbers are under the newest key.")
