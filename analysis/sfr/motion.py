"""Whether the camera moved between two photos, from where the chart's edges lie in them.

An edge's place is the phase of its spectrum, which noise barely touches: it repeats to a thousandth of a pixel. Only
sharp parts count, as defocus of an imperfect lens moves phases too. Left and right edges lean towards each other, so
that movements up and down are told from movements to the side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from analysis.charts.view import ChartView
from analysis.sfr.paths import EdgePath
from analysis.sfr.rows import EdgeContrast

Array = npt.NDArray[np.float64]

_SHARP_MTF_SQ: Final = 0.25
_COARSE, _FINE, _NAMED = 0, 1, 2
_LEAST_CELLS: Final = 24
_ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Motion:
    """Movement of the chart's image from one photo to another.

    Attributes
    ----------
    right_px, down_px : at the centre of the frame.
    scale : relative growth of the image; the camera came nearer by about that share of the distance.
    scale_se : its standard error.
    turn_rad : rotation, clockwise.
    """

    right_px: float
    down_px: float
    scale: float
    scale_se: float
    turn_rad: float

    @property
    def sideways_px(self) -> float:
        """How far, in any direction."""
        return float(np.hypot(self.right_px, self.down_px))


def against(motion: Motion, first: Motion) -> Motion:
    """The movement since `first`, both being small and counted from the same photo."""
    return Motion(
        motion.right_px - first.right_px,
        motion.down_px - first.down_px,
        motion.scale - first.scale,
        float(np.hypot(motion.scale_se, first.scale_se)),
        motion.turn_rad - first.turn_rad,
    )


def motion_between(
    reference: EdgeContrast, moved: EdgeContrast, paths: list[EdgePath], view: ChartView, pixel_pitch_um: float
) -> Motion | None:
    """Movement between two photos measured along the same paths; None when they have too little in focus together."""
    ratio = moved.spectrum * reference.spectrum.conj()
    sharp = np.minimum(_contrast_sq(reference), _contrast_sq(moved)) > _SHARP_MTF_SQ
    sharp &= (reference.rows > 0) & (reference.step > 0) & (moved.step > 0)
    if sharp.sum() < _LEAST_CELLS:
        return None
    edges, blocks = np.nonzero(sharp)
    wave = 2 * np.pi * 1e-3 * pixel_pitch_um * np.array([paths[e].across for e in edges])
    coarse_wave, fine_wave = (wave * reference.frequencies_lp_mm[k] for k in (_COARSE, _FINE))
    # The median of the coarse phases decides between the periods of the fine ones.
    coarse = float(np.median(-np.angle(ratio[edges, _COARSE, blocks]) / coarse_wave))
    fine = coarse - np.angle(ratio[edges, _FINE, blocks] * np.exp(1j * fine_wave * coarse)) / fine_wave
    return _fit(fine, *_places(paths, view, reference, edges, blocks))


def _contrast_sq(contrast: EdgeContrast) -> Array:
    step = np.where(contrast.step_power > 0, contrast.step_power, np.inf)
    return np.asarray(contrast.power[:, _NAMED] / step)


def _places(
    paths: list[EdgePath],
    view: ChartView,
    contrast: EdgeContrast,
    edges: npt.NDArray[np.intp],
    blocks: npt.NDArray[np.intp],
) -> tuple[Array, Array, Array]:
    """(x, y) from the centre of the frame, and the edge's slope dx/dy, of cells."""
    vergence = contrast.blocks.vergence_per_mm
    x, y, slope = (np.zeros_like(vergence, shape=edges.size) for _ in range(3))
    for e in np.unique(edges):
        path, mine = paths[e], edges == e
        order = np.argsort(path.vergence_per_mm)
        at = vergence[blocks[mine]]
        x[mine] = np.interp(at, path.vergence_per_mm[order], path.x_px[order])
        y[mine] = np.interp(at, path.vergence_per_mm[order], path.row_px[order].astype(np.float64))
        slope[mine] = np.interp(at, path.vergence_per_mm[order], path.slope[order])
    return x - (view.width_px - 1) / 2, y - (view.height_px - 1) / 2, slope


def _fit(along_row: Array, x: Array, y: Array, slope: Array) -> Motion:
    """Robust least squares of shift, scale and turn to displacements seen along rows."""
    basis = np.stack([np.ones_like(x), -slope, x - slope * y, -y - slope * x], axis=1)
    keep = np.ones(x.size, dtype=bool)
    solution: Array = np.zeros(4)
    for _ in range(_ROUNDS):
        solution = np.asarray(np.linalg.lstsq(basis[keep], along_row[keep], rcond=None)[0], dtype=np.float64)
        residual = np.abs(along_row - basis @ solution)
        keep = residual <= 3.5 * 1.4826 * np.median(residual) + 1e-6
    variance = float((residual[keep] ** 2).sum()) / max(1, int(keep.sum()) - 4)
    covariance = variance * np.linalg.pinv(basis[keep].T @ basis[keep])
    right, down, scale, turn = (float(value) for value in solution)
    return Motion(right, down, scale, float(np.sqrt(covariance[2, 2])), turn)
