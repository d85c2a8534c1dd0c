"""A verdict as pages read it: what `analysis.statement` tells, and what made it."""

from __future__ import annotations

from analysis.statement.told import (
    BandName,
    BatchesTold,
    BatchTold,
    BodiesTold,
    BodyTold,
    Contrast,
    CopyTold,
    DistanceTold,
    LeftOff,
    MeanTold,
    Named,
    OddTold,
    RepeatsOfCopy,
    RepeatsTold,
    RepeatValue,
    SeriesPoint,
    SpreadTold,
    Summary,
    Told,
    TypicalSize,
    Worst,
)

__all__ = [
    "BandName",
    "BatchTold",
    "BatchesTold",
    "BodiesTold",
    "BodyTold",
    "Contrast",
    "CopyTold",
    "DistanceTold",
    "LeftOff",
    "MeanTold",
    "Named",
    "OddTold",
    "RepeatValue",
    "RepeatsOfCopy",
    "RepeatsTold",
    "SeriesPoint",
    "SpreadTold",
    "Summary",
    "Told",
    "TypicalSize",
    "VerdictTold",
    "Worst",
]


class VerdictTold(Told):
    """A verdict, which version measured what it rests on, and since when it has said what it says (ISO 8601)."""

    analysis_version: str
    updated_at: str
