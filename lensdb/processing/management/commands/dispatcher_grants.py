"""`manage.py dispatcher_grants ROLE`: print the SQL that gives a PostgreSQL role what the dispatcher needs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lensdb.processing.grants import dispatcher_grants


class Command(BaseCommand):
    help = "Prints GRANT statements for the dispatcher's own role; run them as the tables' owner after each migration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="A role that exists and may log in.")

    def handle(self, *_args: Any, role: str, **_options: Any) -> None:
        for statement in dispatcher_grants(role):
            self.stdout.write(statement)
