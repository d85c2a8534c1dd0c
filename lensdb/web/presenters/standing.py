"""Where a series stands, in words: to the public, to its owner, and while it waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lensdb.processing.queries import Status
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series
from lensdb.web.queries import ListedSeries

_CSS: Final = {
    Standing.PUBLISHED: "badge-good",
    Standing.WAITING: "",
    Standing.HELD: "badge-warn",
    Standing.REJECTED: "badge-bad",
    Standing.WITHDRAWN: "",
}
_EXPLAINED: Final = {
    Standing.WAITING: "A moderator looks at it before it counts on the lens page. Until then only you see it.",
    Standing.HELD: "Something about it wants a closer look, so it does not count on the lens page for now.",
    Standing.REJECTED: "A moderator decided against it; it does not count on the lens page.",
    Standing.WITHDRAWN: "You have withdrawn it; it does not count on the lens page.",
}


@dataclass(frozen=True, slots=True)
class StandingTold:
    """A badge, and for its owner a sentence about what it means."""

    label: str
    css: str
    explained: str


def standing_told(series: Series | ListedSeries, *, is_owner: bool) -> StandingTold:
    """What the badge says; the owner of a series that came through also reads what it means."""
    if series.submitted_at is None:
        return StandingTold("draft", "", "")
    standing = Standing(series.standing)
    return StandingTold(str(standing.label), _CSS[standing], _EXPLAINED.get(standing, "") if is_owner else "")


def waiting_words(status: Status) -> str:
    """Place and estimate in the queue. The page's script says the same, from the same numbers."""
    if status.state == "measuring":
        return "It is being measured now."
    if status.position is None:
        place = "It is in the queue"
    elif status.position <= 1:
        place = "It is next in the queue"
    else:
        place = f"It is number {status.position} in the queue"
    return f"{place}{'' if status.estimated_wait_s is None else f', about {wait_words(status.estimated_wait_s)}'}."


def wait_words(seconds: float) -> str:
    if seconds < 60:
        return "a minute or less"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{round(minutes / 60)} hours"
