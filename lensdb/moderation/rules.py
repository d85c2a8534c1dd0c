"""Suspicion rules: what a measurement says about whether its series may be published unseen.

A rule looks and returns why a series should be held, or nothing. The first that finds something decides; each carries
its version, which is written into the decision.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from analysis.flags import FAILS, MEANING, Quality
from analysis.results import SeriesResult
from lensdb.catalog.identify import Written, contradicts
from lensdb.moderation.enums import Reason, Verdict
from lensdb.submissions.models import Series
from lensdb.submissions.queries import sent_by_others

Facts = Sequence[Written]
"""What the camera wrote of each photo, as stored in `Photo.facts`."""

SHIFT_MAX_UM: Final = 300.0
"""At the sensor. The fastest lenses reach some 50 to 100; more is a mistake in the series."""

F_NUMBER_TOLERANCE: Final = 0.06
"""Cameras round f-numbers, and lenses their names: f/1.2 may be written 1.2 or 1.16."""


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


def _wrong_lens(case: Case) -> Judgement | None:
    """The camera names another lens, or another focal length than the lens has."""
    lens = case.series.lens_copy.lens_model
    seen = {(fact.get("make"), fact.get("lens"), fact.get("focal_length_mm")) for fact in case.facts}
    for make, written, focal_mm in seen:
        if contradicts(lens, {"make": make, "lens": written, "focal_length_mm": focal_mm}):
            said = " at ".join(filter(None, [written, f"{focal_mm:g} mm" if focal_mm else ""]))
            return Judgement(Verdict.HOLD, Reason.WRONG_LENS, "wrong lens/1", f"The camera says {said}, not {lens}.")
    return None


def _too_wide(case: Case) -> Judgement | None:
    """An f-number that the lens does not have."""
    lens = case.series.lens_copy.lens_model
    widest = min((photo.f_number for photo in case.result.photos if photo.f_number > 0), default=None)
    if widest is None or lens.widest_f_number is None or widest >= lens.widest_f_number * (1 - F_NUMBER_TOLERANCE):
        return None
    note = f"A photo at f/{widest:g}, but {lens} opens to f/{lens.widest_f_number:g}."
    return Judgement(Verdict.HOLD, Reason.WRONG_LENS, "wider than the lens/1", note)


def _implausible(case: Case) -> Judgement | None:
    """A shift larger than any lens has."""
    shifts_um = [abs(shift.focus_shift_um) for shift in case.result.focus_shift]
    largest = max(filter(math.isfinite, shifts_um), default=0.0)
    if largest <= SHIFT_MAX_UM:
        return None
    note = f"A focus shift of {largest:.0f} µm at the sensor is larger than any lens has."
    return Judgement(Verdict.HOLD, Reason.IMPLAUSIBLE, "implausible shift/1", note)


def _sent_by_another(case: Case) -> Judgement | None:
    """The same bytes came from another owner. Neither is told: moderators see it beside the series."""
    if not sent_by_others(case.series).exists():
        return None
    return Judgement(Verdict.HOLD, Reason.OTHER, "second look/1", "A moderator looks at this series first.")


RULES: Final[tuple[Rule, ...]] = (
    _wrong_lens,
    _too_wide,
    _flagged(Quality.UNREADABLE, Reason.UNREADABLE, "unreadable photo/1"),
    _flagged(Quality.CAMERA_MOVED | Quality.CAMERA_MOVED_AXIS, Reason.CAMERA_MOVED, "camera moved/1"),
    _flagged(Quality.REFOCUSED, Reason.REFOCUSED, "refocused/1"),
    _flagged(Quality.FEW_FRAMES, Reason.FEW_FRAMES, "few f-numbers/1"),
    _flagged(Quality.NO_REFERENCE, Reason.OTHER, "no reference/1"),
    _flagged(FAILS, Reason.OTHER, "fail flag/1"),
    _implausible,
    _sent_by_another,
)
"""In the order of how much they explain."""
