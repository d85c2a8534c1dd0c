"""The people of the demo: photographers and a moderator, with passwords drawn on the first run."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lensdb.accounts.models import User
from lensdb.moderation.roles import moderators


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo. Only trusted people's series are published without a moderator."""

    key: str
    name: str
    trusted: bool = True
    moderator: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@lensdb.example"


ADA: Final = Person("ada", "Ada")
BRUNO: Final = Person("bruno", "Bruno")
CHIARA: Final = Person("chiara", "Chiara")
NEWCOMER: Final = Person("newcomer", "Newcomer", trusted=False)
PHOTOGRAPHERS: Final = (ADA, BRUNO, CHIARA, NEWCOMER)
MODERATOR: Final = Person("moderator", "Moderator", moderator=True)


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
