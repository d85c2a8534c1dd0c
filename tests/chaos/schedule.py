"""When what dies: drawn from a seed, told in shares of the work so that it does not depend on the machine's speed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.chaos.victims import ROLES

PROVOKED_BY: Final[Mapping[str, str]] = {
    "again": "measuring child",
    "give-back": "scheduler",
    "rescue": "dispatcher",
}
"""Steps the site takes only after a death: whose."""

POSTGRES: Final = "postgres"
WEB: Final = frozenset(
    {"gunicorn worker", "submit.before", "submit.after", "photo-rename.before", "photo-rename.after"}
)
"""These live while series are sent; for all others the clock is what has been measured."""

AT_ONCE: Final = frozenset({"picture-rename.before", "picture-rename.after"})
"""Prints of one negative give the same pictures, so these are passed by the first few series only."""


@dataclass(frozen=True, slots=True)
class Strike:
    """At `share` of the series sent (or measured), kill `target`: a role, or whoever passes a commit point."""

    share: float
    target: str
    is_point: bool

    def clock(self, sent: int, measured: int) -> int:
        """Which of the two it goes by."""
        return sent if self.target in WEB else measured


def provoker(point: str) -> str | None:
    """The role whose death leads somebody to this point; None where the work itself does."""
    return PROVOKED_BY.get(point.split(".", maxsplit=1)[0])


def drawn(seed: int, points: Sequence[str], deaths: int) -> list[Strike]:
    """Every commit point once, early enough to be passed; so many deaths of every role, all through the work."""
    rng = random.Random(seed)
    strikes = [Strike(0.0 if point in AT_ONCE else rng.uniform(0.02, 0.5), point, is_point=True) for point in points]
    for target in (*ROLES, POSTGRES):
        strikes += [Strike(rng.uniform(0.02, 0.9), target, is_point=False) for _ in range(deaths)]
    return sorted(strikes, key=lambda strike: strike.share)
