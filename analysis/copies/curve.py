"""The lens's shift over distance: one smooth curve through all series of all copies, with what is not known of it.

The curve is a parabola in vergence about where the series lie, not forced to be monotone. Aberrations change with
distance, and seldom by more than a part of themselves: how much is drawn from a normal distribution of a stated width.
So series at many distances decide the curve, and where there are none the interval opens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.copies.combined import CONCLUSIVE_FROM, check
from analysis.copies.distance import ANOTHER_DISTANCE, DistantSession
from analysis.copies.likelihood import Array, Level, around, most_likely, student95
from analysis.copies.population import NORMAL95, SHARED_SCALE
from analysis.copies.table import COPY, SESSION
from analysis.results import UNDEFINED, Interval

MOST_SESSIONS: Final = 2000
"""Of more, every n-th copy is taken: what they leave unknown is far less than the error of scale that all share."""
CHANGES: Final = (0.3, 1.0, 3.0)
"""Standard deviation, over lenses, of the change of the shift between the nearest distance and infinity, as a share of
the shift; the curvature has half of it. The first is the usual one; a lens whose series are likelier under another has
that, or its change would be taken for scatter between series."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Mean shift at the sensor of all copies over distance. Values in the unit of the input.

    Attributes
    ----------
    n_copies, n_sessions : it rests on.
    near_mm, far_mm : range of s that was measured; beyond it the curve is extrapolated.
    nearest_mm, centre : of its variable ``x = nearest/s - centre``.
    coefficients : of 1, x and x².
    noise, freedom_to_change : their covariance through what was measured with error, and through what was not measured.
    shared_scale : error of scale common to all, as a share of the value.
    """

    n_copies: int
    n_sessions: int
    near_mm: float
    far_mm: float
    nearest_mm: float
    centre: float
    coefficients: Array
    noise: Array
    freedom_to_change: Array
    shared_scale: float

    def at(self, s_mm: float) -> tuple[float, Interval]:
        """Mean shift at s and where it lies (95 %); the interval is NaN below three copies."""
        x = _basis(np.array([s_mm]), self.nearest_mm, self.centre)[0]
        value = float(x @ self.coefficients)
        if self.n_copies < CONCLUSIVE_FROM:
            return value, UNDEFINED
        known = student95(self.n_copies - 1) * math.sqrt(float(x @ self.noise @ x))
        unknown = NORMAL95 * math.sqrt(float(x @ self.freedom_to_change @ x))
        return value, around(value, math.hypot(known, unknown, NORMAL95 * self.shared_scale * value))

    def is_extrapolated(self, s_mm: float) -> bool:
        """Whether s lies more than a tenth outside the distances measured."""
        return not self.near_mm / ANOTHER_DISTANCE <= s_mm <= self.far_mm * ANOTHER_DISTANCE


def curve(sessions: Sequence[DistantSession], *, nearest_mm: float, shared_scale: float = SHARED_SCALE) -> Curve:
    """Fit the curve.

    Parameters
    ----------
    sessions : at least one, in any order, each at any distance.
    nearest_mm : the nearest distance s the lens is used at, to which `CHANGES` refer.
    shared_scale : error of scale common to all; it covers the error of s as well.

    Returns
    -------
    Curve

    Raises
    ------
    ValueError
        For no sessions, values that are not finite or standard errors that are not positive.

    Notes
    -----
    Restricted maximum likelihood for the variances of copies and sessions and for the width of a normal prior on the
    two coefficients of x (a mixed model), generalised least squares, modified Hartung-Knapp and t(copies - 1).
    """
    rows, spreads = _likeliest([_Rows.of(_fewer(sessions), nearest_mm, change) for change in CHANGES])
    products, _ = rows.products(spreads)
    covariance = np.linalg.inv(products[:-1, :-1] + rows.prior)
    coefficients = covariance @ products[:-1, -1]
    chi2 = float(products[-1, -1] - products[:-1, -1] @ coefficients)
    excess = max(1.0, chi2 / max(rows.size - 1, 1))
    return Curve(
        n_copies=rows.copies.size,
        n_sessions=rows.size,
        near_mm=float(rows.s_mm.min()),
        far_mm=float(rows.s_mm.max()),
        nearest_mm=nearest_mm,
        centre=rows.centre,
        coefficients=coefficients,
        noise=covariance @ products[:-1, :-1] @ covariance * excess,
        freedom_to_change=covariance @ rows.prior @ covariance,
        shared_scale=shared_scale,
    )


def _likeliest(candidates: Sequence[_Rows]) -> tuple[_Rows, Array]:
    """The rows under the likeliest prior, and their variances; the first of equals."""
    fits = [(rows, most_likely(rows, [rows.has_repeats, rows.copies.size > 1])) for rows in candidates]
    return min(fits, key=lambda fit: float(fit[0].deviance(fit[1])) - fit[0].log_prior)


def _fewer(sessions: Sequence[DistantSession]) -> Sequence[DistantSession]:
    step = math.ceil(len(sessions) / MOST_SESSIONS)
    if step == 1:
        return sessions
    taken = set(sorted({row.copy for row in sessions})[::step])
    return [row for row in sessions if row.copy in taken]


def _basis(s_mm: Array, nearest_mm: float, centre: float) -> Array:
    x = nearest_mm / s_mm - centre
    return np.stack([np.ones_like(x), x, x * x], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Sessions in the order of their copies; `columns` are the basis and, last, the values."""

    s_mm: Array
    centre: float
    columns: Array
    variances: Array
    copies: Level
    prior: Array
    scale: float

    @classmethod
    def of(cls, sessions: Sequence[DistantSession], nearest_mm: float, change: float) -> _Rows:
        rows = sorted(sessions, key=lambda row: (row.copy, row.s_mm, row.value, row.se))
        values, variances = check([row.value for row in rows], [row.se for row in rows])
        s_mm = np.array([row.s_mm for row in rows])
        centre = float(np.mean(nearest_mm / s_mm))
        width = change * math.sqrt(float(np.mean(values**2)))
        return cls(
            s_mm,
            centre,
            np.column_stack([_basis(s_mm, nearest_mm, centre), values]),
            variances,
            Level.of([row.copy for row in rows]),
            np.diag([0.0, 1 / width**2, 4 / width**2]),
            math.sqrt(float(values.var() + variances.max())),
        )

    @property
    def size(self) -> int:
        return self.variances.size

    @property
    def has_repeats(self) -> bool:
        return self.size > self.copies.size

    @property
    def log_prior(self) -> float:
        """Logarithm of the determinant of the prior's precision, which `deviance` leaves out."""
        return float(np.log(np.diag(self.prior)[1:]).sum())

    def products(self, spreads: Array) -> tuple[Array, Array]:
        """``C' V⁻¹ C`` of the columns C and ``log |V|``, for variances (..., 2) of sessions and of copies."""
        weights = 1 / (self.variances + spreads[..., SESSION, None])
        of_copy = np.add.reduceat(weights, self.copies.starts, axis=-1)
        shared = spreads[..., COPY, None]
        weighted = weights[..., None] * self.columns
        sums = np.add.reduceat(weighted, self.copies.starts, axis=-2)
        less = np.swapaxes(sums * (shared / (1 + shared * of_copy))[..., None], -1, -2) @ sums
        log_size = np.log1p(shared * of_copy).sum(axis=-1) - np.log(weights).sum(axis=-1)
        return np.swapaxes(weighted, -1, -2) @ self.columns - less, log_size

    def deviance(self, spreads: Array) -> Array:
        """Minus twice the restricted log likelihood, up to a constant, for each row of (..., 2) variances."""
        products, log_size = self.products(spreads)
        precision, right = products[..., :-1, :-1] + self.prior, products[..., :-1, -1]
        explained = (right * np.linalg.solve(precision, right[..., None])[..., 0]).sum(axis=-1)
        found: Array = log_size + np.linalg.slogdet(precision)[1] + products[..., -1, -1] - explained
        return found
