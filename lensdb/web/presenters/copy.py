"""The page of one's own copy: where it lies among the others, in sentences and for its plots.

Others are those of other owners' lenses and one's own further copies. What other owners measured of the same physical
lens is left out: nobody is told that somebody else had it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.thin_lens import entrance_distance_mm, shift_mm
from lensdb.aggregates.places import CopyPlace
from lensdb.aggregates.told import VerdictTold
from lensdb.web.presenters.cells import Cell
from lensdb.web.presenters.numbers import count, depth_mm, f_number, interval, metres, plain, signed


@dataclass(frozen=True, slots=True)
class PlaceTold:
    """Where a copy lies, once for each time between services."""

    title: str
    answer: str
    sentences: tuple[str, ...]


def place_told(place: CopyPlace, focal_mm: float) -> PlaceTold:
    return PlaceTold(
        title=_label(place),
        answer=_answer(place),
        sentences=(_shift(place, focal_mm), *_among_others(place), place.caution),
    )


def _label(place: CopyPlace) -> str:
    if place.after_service == 0:
        return "Your copy"
    return "Your copy after service" + (f" {place.after_service}" if place.after_service > 1 else "")


def _answer(place: CopyPlace) -> str:
    if place.odd:
        return "Unlike the others"
    if place.inside_prediction is None:
        return "Too few others to say"
    return "As the others are" if place.inside_prediction else "At the edge of the others"


def _shift(place: CopyPlace, focal_mm: float) -> str:
    distance_m = next(
        point["distance_m"]
        for point in place.points
        if point["band"] == place.band and point["f_number"] == place.f_number
    )
    mm = shift_mm(place.um, entrance_distance_mm(1e3 * distance_m, focal_mm), focal_mm)
    return (
        f"At {f_number(place.f_number)} and {metres(distance_m)} it shifts {signed(place.um)} µm at the sensor "
        f"(95 %: {interval(place.low_um, place.high_um)}; {count(place.n_series, 'series', 'series')}), which is "
        f"{depth_mm(mm)}."
    )


def _among_others(place: CopyPlace) -> list[str]:
    """How many of the others shift less: in copies, and in per cent."""
    if place.percentile is None or place.percentile_low is None or place.percentile_high is None:
        return []
    here, low, high = (
        round(place.n_others * per_cent / 100)
        for per_cent in (place.percentile, place.percentile_low, place.percentile_high)
    )
    who = f"{here or 'None'} of {place.n_others} other copies ({place.percentile:.0f} %)"
    doubt = f"; its own error leaves {low} to {high} of them" if low < high else ""
    return [f"{who} {'shifts' if here == 1 else 'shift'} less far behind{doubt}."]


@dataclass(frozen=True, slots=True)
class OwnRow:
    """What one's copy says at one f-number and distance, beside what all copies say there, as text."""

    period: str
    distance: str
    f_number: str
    shift_um: str
    interval_um: str
    all_um: str
    next_um: str
    shift_mm: str
    n_series: int


def own_rows(places: Sequence[CopyPlace], cells: Sequence[Cell]) -> list[OwnRow]:
    beside = {(cell["band"], cell["f_number"]): cell for cell in cells}
    return [
        _own_row(place, point, beside.get((point["band"], point["f_number"])))
        for place in places
        for point in place.points
    ]


def _own_row(place: CopyPlace, point: Mapping[str, Any], cell: Cell | None) -> OwnRow:
    margin = 1.96 * point["se_um"]
    return OwnRow(
        period=_label(place),
        distance=metres(point["distance_m"]),
        f_number=f_number(point["f_number"]),
        shift_um=signed(point["shift_um"]),
        interval_um=interval(point["shift_um"] - margin, point["shift_um"] + margin),
        all_um=signed(cell["mean_um"] if cell else None),
        next_um=interval(cell["pred_low_um"], cell["pred_high_um"]) if cell else plain(None),
        shift_mm=signed(point["shift_mm"]),
        n_series=point["n_series"],
    )


def own_curves(places: Sequence[CopyPlace]) -> list[dict[str, Any]]:
    """One's copy for the plots, in the shape of the other copies' curves."""
    return [
        {
            "id": f"own-{place.after_service}",
            "label": _label(place),
            "n_series": place.n_series,
            "points": place.points,
            "at_verdict": {
                "f_number": place.f_number,
                "um": place.um,
                "low_um": place.low_um,
                "high_um": place.high_um,
                "n_series": place.n_series,
            },
        }
        for place in places
    ]


def others_plot(plot: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    """The plot of a lens without one specimen."""
    return {**plot, "copies": [copy for copy in plot["copies"] if not _is(name, copy["id"])]}


def others_verdict(told: VerdictTold, name: str | None) -> dict[str, Any]:
    """What the copies' plot needs of a verdict, without one specimen."""
    kept = {key: told[key] for key in _KEPT}  # type: ignore[literal-required]  # the keys are those of its type
    return kept | {
        "copies": [copy for copy in told["copies"] if not _is(name, copy["id"])],
        "points": [point for point in told["points"] if not _is(name, point["id"])],
        "repeats": {"rows": [row for row in told["repeats"]["rows"] if not _is(name, row["id"])]},
    }


_KEPT = (
    "f_number",
    "n_copies",
    "n_series",
    "mean_um",
    "low_um",
    "high_um",
    "pred_low_um",
    "pred_high_um",
    "without_odd",
    "simulated",
    "analysis_version",
    "updated_at",
)


def _is(name: str | None, identity: str) -> bool:
    """Whether an id is that of a specimen, at whatever time between its services."""
    return name is not None and (identity == name or identity.startswith(f"{name}-"))
