"""What a photographer can do about a focus shift: AF micro-adjustment, focusing stopped down, stopping down farther.

All of it holds for a lens that autofocuses wide open and is right there: the micro-adjustment told is added to the one
that makes it right. Shifts are those at the sensor, as the defocus they would be at infinity, positive behind; so is a
micro-adjustment, whose negative steps bring focus towards the camera.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.results import NAN, UNDEFINED, Interval
from analysis.thin_lens import half_depth_of_focus_um, shift_mm, shift_um

MOST_STEPS: Final = 20
"""Canon's and Nikon's scales end at 20 steps on either side."""
STEPS_IN_DEPTH_OF_FOCUS: Final = 8
"""A step is an eighth of one side of the depth of focus wide open: Canon, EOS-1D Mark III white paper (2007)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is photographed, and how sharp it is to be.

    Attributes
    ----------
    focal_length_mm, widest_f_number : of the lens.
    s_mm : distance of the subject from the entrance pupil.
    criterion_mm : blur disc on the sensor that is still sharp.
    """

    focal_length_mm: float
    widest_f_number: float
    s_mm: float
    criterion_mm: float

    def half_um(self, f_number: float) -> float:
        """One side of the depth of field at an f-number, at the sensor."""
        return half_depth_of_focus_um(f_number, self.s_mm, self.focal_length_mm, self.criterion_mm)

    def depth_mm(self, at_sensor_um: float) -> float:
        """Depth behind the subject of a defocus at the sensor."""
        return shift_mm(at_sensor_um, self.s_mm, self.focal_length_mm)


@dataclass(frozen=True, slots=True)
class ShiftAt:
    """Focus shift of a lens at one f-number; the interval (95 %) is NaN where none is known."""

    f_number: float
    shift_um: float
    interval95_um: Interval = UNDEFINED


@dataclass(frozen=True, slots=True)
class StopAdvice:
    """One f-number, focused wide open and left alone.

    Attributes
    ----------
    shift_mm : where best focus goes, behind the subject.
    near_mm, far_mm : ends of the depth of field about it.
    over_half_dof : shift over that half of the depth of field which reaches back to the subject.
    covered : whether the depth of field still holds the subject.
    steps : whole AF micro-adjust steps that put the middle of the depth of field on the subject.
    steps95 : the same from the ends of the shift's interval, unrounded and rising; NaN where there is none.
    wide_open_over_half_dof : what these steps do wide open: distance of focus from the subject over half the depth of
        field there.
    in_reach : whether the camera's scale goes that far.
    """

    f_number: float
    shift_mm: float
    near_mm: float
    far_mm: float
    over_half_dof: float
    covered: bool
    steps: int
    steps95: Interval
    wide_open_over_half_dof: float
    in_reach: bool


@dataclass(frozen=True, slots=True)
class Compromise:
    """One setting for a range of f-numbers: the whole steps with the least blur at the worst of them.

    ``worst_over_half_dof`` is the distance of focus from the subject over half the depth of field at the worst
    f-number, ``uncorrected`` the same without it. Up to 1 the subject is sharp at all of them.
    """

    steps: int
    worst_over_half_dof: float
    uncorrected: float

    @property
    def is_enough(self) -> bool:
        """Whether the subject is sharp over the whole range, with no need to focus stopped down."""
        return self.worst_over_half_dof <= 1


def step_by_rule_um(picture: Picture, print_criterion_mm: float = 0.030) -> float:
    """Size of an AF micro-adjust step by the maker's rule; other makers publish none.

    Parameters
    ----------
    picture : its lens and distance; the step does not depend on the criterion of sharpness chosen there.
    print_criterion_mm : the blur disc the depth of focus is reckoned with, divided by the crop factor on small formats.

    Returns
    -------
    float
        µm at the sensor, as the defocus it would be at infinity.
    """
    wide_open = half_depth_of_focus_um(
        picture.widest_f_number, picture.s_mm, picture.focal_length_mm, print_criterion_mm
    )
    return wide_open / STEPS_IN_DEPTH_OF_FOCUS


def step_by_measurement_um(moved_mm: float, steps: float, s_mm: float, focal_length_mm: float) -> float:
    """Size of a step from the photographer's own trial: focus moved by ``moved_mm`` over so many steps.

    Parameters
    ----------
    moved_mm : how far, at the subject's distance; in the direction of the steps.
    steps : how many, not 0.
    s_mm, focal_length_mm : subject distance from the entrance pupil, and the lens.

    Returns
    -------
    float
        µm at the sensor, as the defocus it would be at infinity.

    Raises
    ------
    ValueError
        When the trial says that a step does nothing, or moves focus the other way.
    """
    if steps == 0 or moved_mm / steps <= 0:
        raise ValueError("A step must move focus: plus and behind, or minus and in front.")
    return shift_um(moved_mm, s_mm, focal_length_mm) / steps


def advise(picture: Picture, shift: ShiftAt, step_um: float) -> StopAdvice:
    """What one f-number asks for, the lens being focused wide open.

    Parameters
    ----------
    picture : the subject.
    shift : of this lens at the f-number, see `ShiftAt`.
    step_um : size of a micro-adjust step, from `step_by_rule_um` or `step_by_measurement_um`.
    """
    half_um = picture.half_um(shift.f_number)
    exact = -shift.shift_um / step_um
    steps = round(exact)
    ends = sorted(-end / step_um for end in shift.interval95_um) if _known(shift.interval95_um) else (NAN, NAN)
    return StopAdvice(
        f_number=shift.f_number,
        shift_mm=picture.depth_mm(shift.shift_um),
        near_mm=picture.depth_mm(shift.shift_um - half_um),
        far_mm=picture.depth_mm(shift.shift_um + half_um),
        over_half_dof=abs(shift.shift_um) / half_um,
        covered=abs(shift.shift_um) <= half_um,
        steps=steps,
        steps95=(ends[0], ends[1]),
        wide_open_over_half_dof=abs(steps * step_um) / picture.half_um(picture.widest_f_number),
        in_reach=abs(steps) <= MOST_STEPS,
    )


def compromise(picture: Picture, shifts: Sequence[ShiftAt], step_um: float) -> Compromise:
    """The one setting that serves all f-numbers of a range best.

    Parameters
    ----------
    picture : the subject.
    shifts : at least one; the widest f-number belongs among them when it is used, with shift 0.
    step_um : size of a micro-adjust step.

    Raises
    ------
    ValueError
        For no f-numbers.
    """
    if not shifts:
        raise ValueError("A range holds at least one f-number.")

    def worst(steps: int) -> float:
        return max(abs(shift.shift_um + steps * step_um) / picture.half_um(shift.f_number) for shift in shifts)

    steps = min(range(-MOST_STEPS, MOST_STEPS + 1), key=lambda steps: (worst(steps), abs(steps)))
    return Compromise(steps, worst(steps), worst(0))


def first_covered_f_number(stops: Sequence[StopAdvice]) -> float:
    """The smallest N from which on, at N and every narrower stop, the subject stays sharp; NaN when there is none."""
    first = NAN
    for stop in sorted(stops, key=lambda stop: -stop.f_number):
        if not stop.covered:
            break
        first = stop.f_number
    return first


def _known(interval: Interval) -> bool:
    return all(math.isfinite(end) for end in interval)
