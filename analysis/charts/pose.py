"""Pose of the chart from points whose place on it is known.

A plane seen at 45 degrees fixes tilt, distance and focal length together, so the focal length that the camera wrote is
only a prior: lenses are shorter than marked when focused near, and files lie.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from analysis.charts.view import ChartView, rotation_of

Array = npt.NDArray[np.float64]

_FOCAL_SD_KNOWN: Final = 0.05
_FOCAL_SD_UNKNOWN: Final = 0.7
_RADIAL_SD: Final = 0.02
_FEW_POINTS: Final = 8
"""With fewer points distortion is not fitted."""


@dataclass(frozen=True, slots=True)
class FocalPrior:
    """What is believed of the focal length before looking, in pixels, with its relative standard deviation."""

    focal_px: float
    relative_sd: float


@dataclass(frozen=True)
class Sightings:
    """Chart points seen in a frame, as (K,) arrays; `sd_px` is the standard error of each coordinate."""

    u_mm: Array
    v_mm: Array
    x_px: Array
    y_px: Array
    sd_px: Array

    def __len__(self) -> int:
        return int(self.u_mm.size)

    def only(self, keep: npt.NDArray[np.bool_]) -> Sightings:
        """Those of a mask."""
        return Sightings(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class PoseFit:
    """A fitted view, RMS residual per point in px, and relative standard errors of what depth hangs on."""

    view: ChartView
    residual_px: float
    tilt_se_deg: float
    distance_se_relative: float


def focal_prior(
    width_px: int, height_px: int, focal_length_mm: float | None, pixel_pitch_um: float | None
) -> FocalPrior:
    """The focal length in pixels as EXIF has it, else what cameras usually have, loosely.

    Extension at short range is not known yet; it is within the prior's width up to about 1/10 and beyond that the
    points decide.
    """
    if focal_length_mm and pixel_pitch_um:
        return FocalPrior(1.06e3 * focal_length_mm / pixel_pitch_um, _FOCAL_SD_KNOWN)
    return FocalPrior(1.5 * max(width_px, height_px), _FOCAL_SD_UNKNOWN)


def fit_view(seen: Sightings, start: ChartView, prior: FocalPrior, *, tilt_sd: float = 0.0) -> PoseFit:
    """Least-squares pose from sightings, robust against a few wrong ones.

    Parameters
    ----------
    seen : at least 4 points, not in one line.
    start : view to start from.
    prior : of the focal length.
    tilt_sd : when > 0, keeps the rotation near that of `start` by a Gaussian prior of that many radians about X and Y;
        for a first pose from few clustered points.

    Returns
    -------
    PoseFit
    """
    free_radial = len(seen) >= _FEW_POINTS

    def view_of(parameters: Array) -> ChartView:
        turn, shift, stretch, radial = parameters[:3], parameters[3:6], parameters[6], parameters[7]
        return replace(
            start,
            rotation=rotation_of(turn) @ start.rotation,
            centre_mm=start.distance_mm * shift + start.centre_mm * np.array([1.0, 1.0, np.exp(stretch)]),
            focal_px=start.focal_px * float(np.exp(stretch)),
            radial=start.radial + (float(radial) * _RADIAL_SD if free_radial else 0.0),
        )

    def residuals(parameters: Array) -> Array:
        view = view_of(parameters)
        x, y = view.project(seen.u_mm, seen.v_mm)
        priors = [np.log(view.focal_px / prior.focal_px) / prior.relative_sd, view.radial / _RADIAL_SD]
        if tilt_sd:
            priors += [parameters[0] / tilt_sd, parameters[1] / tilt_sd]
        return np.concatenate([(x - seen.x_px) / seen.sd_px, (y - seen.y_px) / seen.sd_px, priors])

    fit = least_squares(residuals, np.zeros(8), loss="soft_l1", f_scale=3.0, x_scale=np.array([*[1e-3] * 7, 1e-1]))
    view = view_of(fit.x)
    x, y = view.project(seen.u_mm, seen.v_mm)
    residual_px = float(np.sqrt(np.mean((x - seen.x_px) ** 2 + (y - seen.y_px) ** 2)))
    tilt_se, distance_se = _standard_errors(np.asarray(fit.jac), fit.cost, len(seen))
    return PoseFit(view, residual_px, tilt_se, distance_se)


def _standard_errors(jacobian: Array, cost: float, n_points: int) -> tuple[float, float]:
    """(tilt in degrees, distance relative) from the curvature of the fit, scaled when residuals exceed their errors."""
    normal = jacobian.T @ jacobian + 1e-12 * np.eye(jacobian.shape[1])
    covariance = np.linalg.inv(normal) * max(1.0, 2 * cost / max(1, 2 * n_points - 6))
    along = np.zeros(jacobian.shape[1])
    along[5], along[6] = 1.0, 1.0
    return float(np.degrees(np.sqrt(covariance[0, 0]))), float(np.sqrt(along @ covariance @ along))
