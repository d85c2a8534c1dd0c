"""Series in lists: a lens's, the newest, one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from analysis.thin_lens import mark_distance_mm
from lensdb.processing.enums import JobState
from lensdb.submissions.models import series_address
from lensdb.web.presenters.numbers import day, metres
from lensdb.web.presenters.standing import StandingTold, standing_told
from lensdb.web.queries import ListedSeries

_SIMULATED: Final = SafeString('<span class="badge badge-simulated">simulated</span>')


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
    sent_on: str
    badge: str


def series_row(series: ListedSeries) -> SeriesRow:
    return SeriesRow(
        url=series_address(series.public_id),
        public_id=series.public_id,
        lens=series.lens,
        distance=metres(distance_of(series.distance_m, series.measured_s_m, series.measured_focal_mm)),
        body=series.body_name,
        n_photos=series.n_photos,
        sent_on=day(series.submitted_at),
        badge=_SIMULATED if series.is_simulated else "",
    )


@dataclass(frozen=True, slots=True)
class OwnSeriesRow:
    """One of somebody's own series: how far it is, and where it stands."""

    series: SeriesRow
    state: str
    standing: StandingTold


def own_series_row(series: ListedSeries) -> OwnSeriesRow:
    state = str(JobState(series.job_state).label) if series.job_state else "queued"
    return OwnSeriesRow(series_row(series), state, standing_told(series, is_owner=True))
