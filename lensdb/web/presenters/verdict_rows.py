"""The rows behind a verdict: sizes by distance, copies, batches, bodies and repeats, as text for tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from lensdb.aggregates.told import CopyTold, TypicalSize, VerdictTold
from lensdb.web.presenters.cells import PIXEL, PRINT
from lensdb.web.presenters.numbers import UNKNOWN, interval, metres, ratio, signed


@dataclass(frozen=True, slots=True)
class SizeColumn:
    """The typical shift at one distance, as text."""

    distance: str
    shift_mm: str
    interval_mm: str
    shift_um: str
    interval_um: str
    of_pixel: str
    of_print: str
    is_extrapolated: bool


def size_columns(sizes: Sequence[TypicalSize]) -> list[SizeColumn]:
    return [
        SizeColumn(
            distance=metres(size["distance_m"]),
            shift_mm=signed(size["mm"]),
            interval_mm=interval(size["low_mm"], size["high_mm"]),
            shift_um=signed(size["um"]),
            interval_um=interval(size["low_um"], size["high_um"]),
            of_pixel=_share(size, PIXEL),
            of_print=_share(size, PRINT),
            is_extrapolated=size["extrapolated"],
        )
        for size in sizes
    ]


def _share(size: TypicalSize, criterion: str) -> str:
    """`1.3 ×, visible`; or `cannot say` where the interval leaves it open."""
    seen = {True: "visible", False: "not visible", None: "cannot say"}[size["matters"][criterion]]
    return f"{ratio(size['over_half_dof'][criterion])} ×, {seen}"


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy at the verdict's f-number, as text."""

    label: str
    shift_um: str
    interval_um: str
    n_series: int
    batch: str
    remark: str


def copy_rows(told: VerdictTold) -> list[CopyRow]:
    """The copies in order of their shift."""
    return [_copy_row(copy) for copy in told["copies"]]


def _copy_row(copy: CopyTold) -> CopyRow:
    return CopyRow(
        label=copy["label"],
        shift_um=signed(copy["um"], 1),
        interval_um=interval(copy["low_um"], copy["high_um"], 1),
        n_series=copy["n_series"],
        batch=copy["batch"] or UNKNOWN,
        remark="unlike the others" if copy["odd"] else "",
    )


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A batch, a body, or a copy at two distances: what it differs by, as text."""

    label: str
    n_copies: str
    value_um: str
    interval_um: str


def batch_rows(told: VerdictTold) -> list[GroupRow]:
    """Mean of each batch; empty where batches cannot be separated from copies."""
    if not told["batches"]["separable"]:
        return []
    return [
        GroupRow(row["label"], str(row["n_copies"]), signed(row["mean_um"]), interval(row["low_um"], row["high_um"]))
        for row in told["batches"]["rows"]
    ]


@dataclass(frozen=True, slots=True)
class BodyRow:
    """Series on one body against the same copies on the usual one, as text."""

    body: str
    n_copies: int
    n_series: int
    difference_um: str
    interval_um: str


def body_rows(told: VerdictTold) -> list[BodyRow]:
    """The usual body first, which the others are held against; none where there is but one."""
    rows = told["bodies"]["rows"]
    return [
        BodyRow(
            row["body"],
            row["n_copies"],
            row["n_series"],
            signed(row["difference_um"], 1) if row["n_pairs"] else UNKNOWN,
            interval(row["low_um"], row["high_um"], 1) if row["n_pairs"] else UNKNOWN,
        )
        for row in (rows if len(rows) > 1 else ())
    ]


@dataclass(frozen=True, slots=True)
class RepeatRow:
    """One copy measured more than once: its mean and each of its series, as text."""

    label: str
    mean_um: str
    n_series: int
    values_um: str


def repeat_rows(told: VerdictTold) -> list[RepeatRow]:
    """The copies that were measured more than once; their series from near to far, to the tenth they scatter by."""
    return [
        RepeatRow(
            row["label"],
            signed(row["mean_um"], 1),
            len(row["values"]),
            ", ".join(
                f"{signed(value['um'], 1)} at {metres(value['distance_m'])}"
                for value in sorted(row["values"], key=itemgetter("distance_m"))
            ),
        )
        for row in told["repeats"]["rows"]
    ]
