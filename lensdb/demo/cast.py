"""The people of the demo: photographers and a moderator. Knows no Django: the renderers' processes read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


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
