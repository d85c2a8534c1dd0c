"""The colours of a series in millimetres of depth: best focus of each, and how far red and blue lie from green."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import Final

import numpy as np

from analysis.flags import FINE, Quality
from analysis.focus.chromatic import SeriesColour
from analysis.focus.optics import Setup
from analysis.results import NAN, Basis, ChannelFocus, ColourDifference, ColourRow, PhotoResult

RED: Final = 0
BLUE: Final = 1
LUMINANCE: Final = 2


def in_colour(photo: PhotoResult, colours: SeriesColour | None, setup: Setup) -> PhotoResult:
    """A photo's result with best focus of red, green and blue, where colours were compared.

    Luminance is what the series speaks of; each colour has its place from it.
    """
    k = _index(colours, photo.f_number)
    if colours is None or k is None:
        return photo
    by, se = colours.by_per_mm[:, k], colours.se_per_mm[:, k]
    luminance = 1 / (setup.distance_mm + photo.best_focus_mm)
    found = {}
    for name, from_green, own_se in (("r", by[RED], se[RED]), ("g", 0.0, 0.0), ("b", by[BLUE], se[BLUE])):
        depth_mm = setup.depth_mm(float(luminance + from_green - by[LUMINANCE]))
        # The error of a colour against luminance is at most that of both against green.
        error_mm = math.hypot(photo.se_mm, own_se / luminance**2, se[LUMINANCE] / luminance**2)
        found[name] = ChannelFocus(depth_mm, error_mm if math.isfinite(depth_mm) else NAN)
    return replace(photo, channels=found, flags=photo.flags | _flags(colours, k))


def colour_rows(colours: SeriesColour | None, photos: Sequence[PhotoResult], setup: Setup) -> tuple[ColourRow, ...]:
    """Longitudinal colour at each f-number, in mm about best focus there, or about the chart's centre without one."""
    if colours is None:
        return ()
    rows = []
    for k, f_number in enumerate(colours.f_numbers.tolist()):
        mine = [photo for photo in photos if photo.f_number == f_number]
        depths_mm = [photo.best_focus_mm for photo in mine if math.isfinite(photo.best_focus_mm)]
        centre = 1 / (setup.distance_mm + (fmean(depths_mm) if depths_mm else 0.0))
        red, blue = (_difference(colours, colour, k, centre, setup) for colour in (RED, BLUE))
        known = math.isfinite(red.mm) or math.isfinite(blue.mm)
        basis = Basis.MEASURED if colours.measured[k] else Basis.BORROWED
        frequency = float(colours.frequency_lp_mm[k])
        rows.append(ColourRow(f_number, len(mine), frequency, red, blue, basis if known else None, _flags(colours, k)))
    return tuple(rows)


def _flags(colours: SeriesColour, k: int) -> Quality:
    flags = Quality.CHROMA_SUBSAMPLED if colours.subsampled[k] else FINE
    return flags if np.isfinite(colours.by_per_mm[:, k]).all() else flags | Quality.NO_COLOUR_PEAK


def _index(colours: SeriesColour | None, f_number: float) -> int | None:
    if colours is None or f_number not in colours.f_numbers:
        return None
    return int(np.searchsorted(colours.f_numbers, f_number))


def _difference(colours: SeriesColour, colour: int, k: int, centre_per_mm: float, setup: Setup) -> ColourDifference:
    """A colour minus green: in mm about a vergence, and in um at the sensor as it would be at infinity."""
    by, se = float(colours.by_per_mm[colour, k]), float(colours.se_per_mm[colour, k])
    per_um = 1e3 * setup.focal_length_mm**2
    mm = setup.depth_mm(centre_per_mm + by) - setup.depth_mm(centre_per_mm)
    return ColourDifference(mm, se / centre_per_mm**2, -per_um * by, per_um * se)
