"""Drawings of what single photos showed: movement, slips, exposure, noise."""

from __future__ import annotations

import math
from typing import Final

from analysis.drawings.strips import Strip, drawn
from analysis.drawings.svg import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, line, number, picture, polyline, words
from analysis.evidence import PhotoEvidence
from analysis.results import PhotoResult, SeriesResult

_CURVES: Final = 4


def _shown(result: SeriesResult) -> list[tuple[PhotoResult, PhotoEvidence]]:
    return [(photo, photo.evidence) for photo in result.photos if photo.evidence is not None]


def _names(result: SeriesResult) -> list[str]:
    return [f"f/{photo.f_number:g}" for photo, _ in _shown(result)]


def _limit(result: SeriesResult, name: str) -> float:
    return math.nan if result.evidence is None else result.evidence.limits.get(name, math.nan)


def moved(result: SeriesResult) -> str:
    """How far the picture lies from where it was in the first photo, by the phase of the chart's edges."""
    values = [math.hypot(one.right_px, one.down_px) for _, one in _shown(result)]
    title = "Movement of the picture since the first photo, from the phase of the edges"
    return drawn(Strip(title, "pixels", 2, _names(result), values, high=_limit(result, "sideways_px"), from_zero=True))


def moved_along_axis(result: SeriesResult) -> str:
    """How much larger the picture is than in the first photo, as the way the camera came nearer."""
    distance = math.nan if result.pose is None else result.pose.distance_mm
    limit = distance * _limit(result, "growth")
    shown = [one for _, one in _shown(result)]
    return drawn(
        Strip(
            "Change of scale since the first photo, as millimetres that the camera came nearer",
            "mm nearer",
            2,
            _names(result),
            [distance * one.growth for one in shown],
            [distance * one.growth_se for one in shown],
            -limit,
            limit,
            symmetric=True,
        )
    )


def refocused(result: SeriesResult) -> str:
    """How far each photo's focus stands off what all others say of it."""
    limit, shown = _limit(result, "slip_mm"), [one for _, one in _shown(result)]
    return drawn(
        Strip(
            "Best focus of each photo against what all others say of it",
            "mm behind",
            1,
            _names(result),
            [one.slip_mm for one in shown],
            [one.slip_se_mm for one in shown],
            -limit,
            limit,
            symmetric=True,
        )
    )


def off_the_fit(result: SeriesResult) -> str:
    """Direct peak minus the fit over the series, for the photos whose peak says something."""
    limit = _limit(result, "off_fit_mm")
    told = [(photo, one) for photo, one in _shown(result) if not one.off_fit_se_mm > 2 * limit]
    return drawn(
        Strip(
            "Each photo's own peak minus the fit over the series",
            "mm behind the fit",
            1,
            [f"f/{photo.f_number:g}" for photo, _ in told],
            [one.off_fit_mm for _, one in told],
            [one.off_fit_se_mm for _, one in told],
            -limit,
            limit,
            symmetric=True,
        )
    )


def clipped(result: SeriesResult) -> str:
    """Share of the edges along which the paper is as bright as the file can say."""
    values = [100 * one.clipped_share for _, one in _shown(result)]
    high = 100 * _limit(result, "clipped_share")
    return drawn(
        Strip("Clipped places along the edges", "% of the edges", 1, _names(result), values, high=high, from_zero=True)
    )


def low_contrast(result: SeriesResult) -> str:
    """Light of the paper over that of the bars."""
    values = [one.contrast for _, one in _shown(result)]
    low = _limit(result, "contrast")
    return drawn(Strip("Paper over bar", "times as bright", 1, _names(result), values, low=low, from_zero=True))


def sharpened(result: SeriesResult) -> str:
    """The highest contrast transferred; a lens gives back less than there is."""
    values = [one.edge_mtf for _, one in _shown(result)]
    high = _limit(result, "edge_mtf")
    return drawn(
        Strip(
            "Highest contrast at 10 or 20 lp/mm", "of the chart's", 2, _names(result), values, high=high, from_zero=True
        )
    )


def noise_reduced(result: SeriesResult) -> str:
    """Fine over coarse noise of the bare paper."""
    values = [one.fine_noise_share for _, one in _shown(result)]
    low = _limit(result, "fine_noise_share")
    return drawn(
        Strip(
            "Fine over coarse noise of the bare paper",
            "fine over coarse",
            2,
            _names(result),
            values,
            low=low,
            from_zero=True,
        )
    )


def zone(result: SeriesResult) -> str:
    """Sharpness over the depth that the chart shows, for the photos without a whole peak on it."""
    curves = [photo for photo in result.photos if photo.curve is not None and _leaves_the_chart(photo)][:_CURVES]
    depths = [depth for photo in curves if photo.curve for depth in photo.curve.depth_mm]
    if not depths:
        return ""
    low, high = min(depths), max(depths)
    span = (high - low) or 1.0
    elements = [line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM)]
    for i, photo in enumerate(curves, 1):
        if photo.curve is None:
            continue
        points = [
            (LEFT + (WIDTH - RIGHT - LEFT) * (depth - low) / span, HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * sharp)
            for depth, sharp in zip(photo.curve.depth_mm, photo.curve.mtf20, strict=True)
            if math.isfinite(sharp)
        ]
        if points:
            x, y = points[len(points) * i // (len(curves) + 1)]  # each named at another place
            elements += [polyline(points), words(x, y - 6, f"f/{photo.f_number:g}")]
    elements += [
        words(LEFT, HEIGHT - BOTTOM + 16, f"{number(low, 0)} mm", "start"),
        words(WIDTH - RIGHT, HEIGHT - BOTTOM + 16, f"{number(high, 0)} mm", "end"),
    ]
    return picture("Sharpness over the depth that the chart shows", elements)


def _leaves_the_chart(photo: PhotoResult) -> bool:
    return photo.near_extrapolated or photo.far_extrapolated or not math.isfinite(photo.best_focus_mm)
