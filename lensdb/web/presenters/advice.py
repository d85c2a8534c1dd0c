"""What to do about a focus shift, in sentences and one table: `analysis.advice` said in a photographer's words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.advice import (
    MOST_STEPS,
    Compromise,
    Picture,
    ShiftAt,
    StopAdvice,
    advise,
    compromise,
    first_covered_f_number,
    step_by_measurement_um,
    step_by_rule_um,
)
from lensdb.catalog.models import LensModel
from lensdb.web.presenters.cells import PRINT
from lensdb.web.presenters.numbers import UNKNOWN, count, depth_mm, f_number, interval, metres, plain, ratio, signed
from lensdb.web.presenters.scene import IN_WORDS, Measured, Scene, at_f_number, measured_near, picture_of

RULE: Final = (
    "by the maker's rule: an eighth of one side of the depth of focus wide open (Canon; other makers publish none)"
)
TRIAL: Final = "by your own trial"
BASIS: Final = (
    "All of it holds for a lens that is focused at {widest} and is right there: the steps are added to those that make "
    "it so. Minus brings focus towards the camera."
)


@dataclass(frozen=True, slots=True)
class Trial:
    """How far focus moved over so many steps of AF micro-adjustment, as the photographer saw it."""

    moved_mm: float
    steps: float


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One f-number of the table, as text."""

    f_number: str
    goes_to: str
    sharp_mm: str
    is_sharp: str
    steps: str


@dataclass(frozen=True, slots=True)
class AdviceTold:
    """The answer: `problem` alone when there is none."""

    problem: str = ""
    scene: str = ""
    sentences: tuple[str, ...] = ()
    rows: tuple[AdviceRow, ...] = ()
    small_print: str = ""


def advice_for(
    lens: LensModel, points: Sequence[Measured], focal_mm: float, scene: Scene, trial: Trial | None = None
) -> AdviceTold:
    """What to do about the shift of a lens, or of one copy of it, in a scene.

    Parameters
    ----------
    lens : of which the points are.
    points : everything measured; the band of distance nearest to the scene is used.
    focal_mm : focal length.
    scene : the subject.
    trial : the photographer's own measurement of a step; the maker's rule without one.
    """
    near = measured_near(points, scene.distance_m)
    chosen = at_f_number(near, scene.f_number)
    if chosen is None:
        return AdviceTold(
            problem=f"Nothing was measured at {f_number(scene.f_number)} near {metres(scene.distance_m)}."
        )
    picture = picture_of(lens, focal_mm, near[0].f_number, scene)
    if picture is None:
        return AdviceTold(problem=f"No {plain(focal_mm, 0)} mm lens focuses at {metres(scene.distance_m)}.")
    try:
        step_um = _step_um(picture, lens, trial)
    except ValueError as error:
        return AdviceTold(problem=str(error))
    stops = [advise(picture, _shift(point), step_um) for point in near]
    here = next(stop for stop in stops if stop.f_number == chosen.f_number)
    reach = [_shift(point) for point in near if point.f_number <= chosen.f_number]
    stopped_down = (_steps(here, near[0].f_number), _one_setting(compromise(picture, reach, step_um), reach))
    return AdviceTold(
        scene=f"{metres(scene.distance_m)}, {IN_WORDS[scene.criterion]}",
        sentences=(
            _where_focus_goes(here, scene),
            *(stopped_down if len(reach) > 1 else ()),
            _first_covered(stops, scene),
        ),
        rows=tuple(_row(stop) for stop in stops),
        small_print=_small_print(chosen, near[0], step_um, picture, trial),
    )


def _step_um(picture: Picture, lens: LensModel, trial: Trial | None) -> float:
    if trial is None:
        return step_by_rule_um(picture, float(PRINT) / lens.crop_factor)
    return step_by_measurement_um(trial.moved_mm, trial.steps, picture.s_mm, picture.focal_length_mm)


def _shift(point: Measured) -> ShiftAt:
    return ShiftAt(point.f_number, point.um, (point.low_um, point.high_um))


def _where_focus_goes(stop: StopAdvice, scene: Scene) -> str:
    sharp = (
        f"from {depth_mm(stop.near_mm)} to {depth_mm(stop.far_mm)} it is sharp enough for {IN_WORDS[scene.criterion]}"
    )
    return (
        f"Focused wide open at {metres(scene.distance_m)} and shot at {f_number(stop.f_number)}, best focus lies "
        f"{_beside_subject(stop.shift_mm)}; {sharp}, so the subject is {'still' if stop.covered else 'not'} sharp."
    )


def _beside_subject(shift_mm: float) -> str:
    told = depth_mm(shift_mm)
    if told.startswith("0 "):
        return "on the subject"
    return f"{told} {'the' if shift_mm > 0 else 'of the'} subject"


def _steps(stop: StopAdvice, widest: float) -> str:
    if stop.steps == 0:
        return "AF micro-adjustment cannot improve on that: the shift is less than half a step."
    doubt = f" (95 %: {interval(*stop.steps95)})" if math.isfinite(stop.steps95[0]) else ""
    if not stop.in_reach:
        return f"It would take {signed(stop.steps, 0)} AF micro-adjust steps, beyond the {MOST_STEPS} a camera offers."
    wide_open = (
        f"wide open the subject then lies {ratio(stop.wide_open_over_half_dof)} × half the depth of field off, "
        + ("still sharp" if stop.wide_open_over_half_dof <= 1 else "no longer sharp")
    )
    return (
        f"AF micro-adjust {signed(stop.steps, 0)}{doubt} puts the middle of the depth of field on the subject at "
        f"{f_number(stop.f_number)}; {wide_open} at {f_number(widest)}."
    )


def _one_setting(found: Compromise, reach: Sequence[ShiftAt]) -> str:
    span = f"from {f_number(reach[0].f_number)} to {f_number(reach[-1].f_number)}"
    if found.uncorrected <= 1:
        return f"No adjustment is needed {span}: the subject stays sharp as it is."
    if found.is_enough:
        return (
            f"One setting serves everything {span}: {signed(found.steps, 0)} keeps the subject sharp at all of them, "
            "without focusing stopped down."
        )
    return (
        f"No one setting serves everything {span}: the best, {signed(found.steps, 0)}, leaves the subject "
        f"{ratio(found.worst_over_half_dof)} × half the depth of field off at the worst. Focus stopped down, or adjust "
        "for the f-number you use."
    )


def _first_covered(stops: Sequence[StopAdvice], scene: Scene) -> str:
    first = first_covered_f_number(stops)
    if math.isnan(first):
        return f"At no f-number measured does the depth of field for {IN_WORDS[scene.criterion]} cover the shift."
    if first == stops[0].f_number:
        return f"Depth of field for {IN_WORDS[scene.criterion]} covers the shift at every f-number."
    return (
        f"Without doing anything, depth of field for {IN_WORDS[scene.criterion]} covers the shift from "
        f"{f_number(first)} on."
    )


def _row(stop: StopAdvice) -> AdviceRow:
    doubt = (
        f" ({interval(*stop.steps95)})" if math.isfinite(stop.steps95[0]) and stop.steps95[0] != stop.steps95[1] else ""
    )
    return AdviceRow(
        f_number=f_number(stop.f_number),
        goes_to=signed(stop.shift_mm),
        sharp_mm=interval(stop.near_mm, stop.far_mm),
        is_sharp="yes" if stop.covered else "no",
        steps=f"{signed(stop.steps, 0)}{doubt}" if stop.in_reach else UNKNOWN,
    )


def _small_print(chosen: Measured, widest: Measured, step_um: float, picture: Picture, trial: Trial | None) -> str:
    source = f"{count(chosen.n_copies, 'copy', 'copies')}, {count(chosen.n_series, 'series', 'series')}"
    size = f"One step counts as {plain(step_um)} µm at the sensor ({depth_mm(picture.depth_mm(step_um))} here)"
    return (
        f"Shifts measured at {metres(chosen.distance_m)} ({source}). {size}, {TRIAL if trial else RULE}. "
        f"{BASIS.format(widest=f_number(widest.f_number))}"
    )
