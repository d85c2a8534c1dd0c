"""What follows from a series for a photographer: from which f-number on a depth is safe, and what autofocus can cure.

Everything here is worked out of a result, so that the tool, the report and the site say the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from analysis.results import NAN, DepthOfField, FirstSafe, SeriesResult

SAFE_DEPTHS_MM: Final = (0.0, -2.0)
"""The centre line, and the mark 2 mm before it that the first test asked about."""
_NORMAL95: Final = 1.96


def first_safe_f_number(f_numbers: Sequence[float], fields: Sequence[DepthOfField], depth_mm: float) -> float:
    """The smallest N from which on, at N and every narrower stop, the depth of field contains a depth; NaN when none.

    Parameters
    ----------
    f_numbers, fields : any order, repeats allowed; one field of depth each, all of one criterion.
    depth_mm : 0 for the centre line, -2 for the front mark of the first test.
    """
    safe = NAN
    unsafe = {n for n, field in zip(f_numbers, fields, strict=True) if not _holds(field, depth_mm)}
    for f_number in sorted(set(f_numbers), reverse=True):
        if f_number in unsafe:
            break
        safe = f_number
    return safe


def _holds(field: DepthOfField, depth_mm: float) -> bool:
    far = field.far_mm if math.isfinite(field.far_mm) else math.inf
    return field.near_mm <= depth_mm <= far


def first_safe(
    f_numbers: Sequence[float], fields: Sequence[tuple[DepthOfField, ...]], criteria: Sequence[str]
) -> tuple[FirstSafe, ...]:
    """The first safe f-number for each depth of `SAFE_DEPTHS_MM` and each criterion.

    Parameters
    ----------
    f_numbers, fields : of the photos whose best focus is known; their fields are in the order of the criteria.
    criteria : their names.
    """
    if not f_numbers:
        return ()
    return tuple(
        FirstSafe(depth_mm, name, first_safe_f_number(f_numbers, [one[i] for one in fields], depth_mm))
        for i, name in enumerate(criteria)
        for depth_mm in SAFE_DEPTHS_MM
    )


def cure_sentence(result: SeriesResult) -> str:
    """What AF micro-adjustment could cure of the static offset, and what not; empty without an offset."""
    offset, se = result.static_offset_mm, result.static_offset_se_mm
    if not math.isfinite(offset):
        return ""
    wide, margin = f"f/{result.reference_f_number:g}", _NORMAL95 * se
    where = f"best focus lay {_distance(offset)} the centre line, give or take {margin:.1f} mm"
    if abs(offset) <= margin:
        cure = "that cannot be told from none, so there is nothing here for AF micro-adjustment to cure"
    else:
        cure = f"AF micro-adjustment can cure that at {wide}, to within those {margin:.1f} mm"
    known = [row for row in result.focus_shift if math.isfinite(row.focus_shift_mm) and row.focus_shift_mm != 0]
    if not known:
        return f"At {wide} {where}; {cure}."
    most = max(known, key=lambda row: abs(row.focus_shift_mm))
    return (
        f"At {wide} {where}; {cure}. It moves focus at every f-number alike, so it cannot cure the shift: set right at "
        f"{wide}, the lens still focuses {_distance(most.focus_shift_mm)} the line at f/{most.f_number:g}."
    )


def _distance(depth_mm: float) -> str:
    return f"{abs(depth_mm):.1f} mm {'behind' if depth_mm > 0 else 'in front of'}"
