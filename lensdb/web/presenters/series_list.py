"""Series in lists: a lens's, the newest, one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analysis.thin_lens import mark_distance_mm
from lensdb.processing.enums import JobState
from lensdb.submissions.models import Series
from lensdb.web.presenters.numbers import metres
from lensdb.web.presenters.standing import StandingTold, standing_told


def distance_of(given_m: float | None, s_m: float | None, focal_mm: float | None) -> float | None:
    """From the focal-plane mark, as a photographer counts: the distance given, else the one measured."""
    if given_m is not None or s_m is None or focal_mm is None:
        return given_m
    return mark_distance_mm(1000 * s_m, focal_mm) / 1000


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One series in a list."""

    url: str
    public_id: str
    lens: str
    distance: str
    body: str
    n_photos: int
    sent_at: datetime | None
    is_simulated: bool


def series_row(series: Series) -> SeriesRow:
    """A series of `lensdb.web.queries`, which annotate what the list needs."""
    listed: Any = series
    distance_m = distance_of(series.distance_m, listed.measured_s_m, listed.measured_focal_mm)
    return SeriesRow(
        url=series.get_absolute_url(),
        public_id=series.public_id,
        lens=series.lens_copy.lens_model.name,
        distance=metres(distance_m),
        body=series.body.name,
        n_photos=listed.n_photos,
        sent_at=series.submitted_at,
        is_simulated=series.is_simulated,
    )


@dataclass(frozen=True, slots=True)
class OwnSeriesRow:
    """One of somebody's own series: how far it is, and where it stands."""

    series: SeriesRow
    state: str
    standing: StandingTold


def own_series_row(series: Series) -> OwnSeriesRow:
    """A series of `lensdb.web.queries.own_series`."""
    listed: Any = series
    state = str(JobState(listed.job_state).label) if listed.job_state else "queued"
    return OwnSeriesRow(series_row(series), state, standing_told(series, is_owner=True))
