"""`manage.py reset_mfa EMAIL`: for whoever lost their second factor and every recovery code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lensdb.accounts.models import User
from lensdb.accounts.second_factor import reset


class Command(BaseCommand):
    help = "Remove the second factor of an account, so that a new one can be set up; ends its sessions too."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("There is no account with this e-mail address.")
        if reset(user=user, by="command:reset_mfa"):
            self.stdout.write("The second factor is removed. At the next visit to the admin a new one is set up.")
        else:
            self.stdout.write("This account has no second factor.")
