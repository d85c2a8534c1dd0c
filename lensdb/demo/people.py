"""Accounts for the people of the demo, with passwords drawn on the first run."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from lensdb.accounts.models import User
from lensdb.demo.cast import MODERATOR, PHOTOGRAPHERS
from lensdb.moderation.roles import moderators


def settle_in(folder: Path) -> dict[str, str]:
    """Make sure that everybody has an account; return the passwords by key.

    The passwords are drawn once and kept in ``folder/passwords.json``, readable by its owner only.
    """
    passwords = _passwords(folder / "passwords.json")
    for person in (*PHOTOGRAPHERS, MODERATOR):
        user = User.objects.filter(email=person.email).first()
        if user is None:
            user = User.objects.create_user(
                person.email,
                passwords[person.key],
                display_name=person.name,
                trusted=person.trusted,
                is_staff=person.moderator,
            )
        elif not user.check_password(passwords[person.key]):  # the folder was emptied, the database was not
            user.set_password(passwords[person.key])
            user.save(update_fields=["password"])
        if person.moderator:
            user.groups.add(moderators())
    return passwords


def _passwords(path: Path) -> dict[str, str]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        drawn = {person.key: secrets.token_urlsafe(9) for person in (*PHOTOGRAPHERS, MODERATOR)}
        path.write_text(json.dumps(drawn, indent=1))
    passwords: dict[str, str] = json.loads(path.read_text())
    return passwords
