"""Suspicion rules: what a measurement says about whether its series may be published unseen.

A rule looks and returns why a series should be held, or nothing. The first that finds something decides; each carries
its version, which is written into the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.flags import MEANING, Quality
from analysis.results import SeriesResult
from lensdb.moderation.enums import Reason, Verdict
from lensdb.submissions.models import Series

Facts = Sequence[Mapping[str, Any]]
"""What the camera wrote of each photo, as stored in `Photo.facts`."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What happens to a series. Without a verdict it waits for a moderator."""

    verdict: Verdict | None
    reason: Reason = Reason.NONE
    rule: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule looks at."""

    series: Series
    result: SeriesResult
    facts: Facts


Rule = Callable[[Case], Judgement | None]


def judge(*, series: Series, result: SeriesResult, facts: Facts) -> Judgement:
    """Held for the first suspicion; published if its owner is trusted; otherwise it waits."""
    case = Case(series, result, facts)
    for rule in RULES:
        found = rule(case)
        if found is not None:
            return found
    if series.owner.trusted:
        return Judgement(Verdict.ACCEPT, rule="trusted owner, nothing suspicious/1")
    return Judgement(None, Reason.NEW_ACCOUNT)


def _flagged(bits: Quality, reason: Reason, rule: str) -> Rule:
    """A rule that holds a series when it, or any of its photos, carries one of these flags."""

    def look(case: Case) -> Judgement | None:
        seen = case.result.flags
        for photo in case.result.photos:
            seen |= photo.flags
        note = " ".join(MEANING[bit] for bit in Quality if bit in seen & bits)
        return Judgement(Verdict.HOLD, reason, rule, note) if note else None

    return look


RULES: Final[tuple[Rule, ...]] = (
    _flagged(Quality.UNREADABLE, Reason.UNREADABLE, "unreadable photo/1"),
    _flagged(Quality.CAMERA_MOVED | Quality.CAMERA_MOVED_AXIS, Reason.CAMERA_MOVED, "camera moved/1"),
    _flagged(Quality.REFOCUSED, Reason.REFOCUSED, "refocused/1"),
    _flagged(Quality.FEW_FRAMES, Reason.FEW_FRAMES, "few f-numbers/1"),
)
"""In the order of how much they explain."""
