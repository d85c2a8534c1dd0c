"""Contrast of an aberrated pupil by discrete Fourier transform, sharing nothing with the estimator.

The pupil is a grid of complex numbers; its transform is the amplitude on the sensor, whose square summed over y is the
line spread (Parseval makes the transform along y unnecessary), whose transform at any frequency is the contrast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from analysis.focus.curve import FocusCurve
from analysis.focus.optics import Setup

RADIUS, SIZE = 80, 320
WAVELENGTH_MM = 550e-6
FREQUENCIES = (10.0, 20.0, 40.0)
F_NUMBERS = (1.2, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0)

_Y, _X = np.mgrid[0 : RADIUS + 2, -RADIUS - 1 : RADIUS + 2]
_RHO_SQ = (_X**2 + _Y**2) / RADIUS**2
_OPEN = np.clip(RADIUS + 0.5 - np.hypot(_X, _Y), 0, 1)
_WEIGHT = np.where(np.arange(RADIUS + 2) == 0, 1.0, 2.0)  # rows y and -y are alike
_AREA = float((_WEIGHT[:, None] * _OPEN).sum())


def contrast(aberration, defocus, stop, cone, frequencies=FREQUENCIES):
    """Signed transfer at frequencies in lp/mm; `cone` is the image distance over the widest pupil's radius."""
    rho_sq = _RHO_SQ * stop**2
    w040, w060, w080 = aberration
    waves = rho_sq * (-defocus + rho_sq * (w040 + rho_sq * (w060 + rho_sq * w080)))
    amplitude = scipy.fft.fft(_OPEN * np.exp(2j * np.pi * waves), SIZE, axis=1)
    line = (_WEIGHT[:, None] * np.abs(amplitude) ** 2).sum(axis=0) / SIZE / _AREA
    place_mm = np.fft.fftfreq(SIZE) * SIZE * WAVELENGTH_MM * cone * RADIUS / (SIZE * stop)
    return np.array([(line * np.cos(2 * np.pi * f * place_mm)).sum() for f in frequencies])


@dataclass(frozen=True)
class Series:
    """Clean through-focus curves of a lens at all f-numbers, and where they peak (vergences, 1/mm)."""

    setup: Setup
    f_numbers: tuple[float, ...]
    vergence: np.ndarray
    transfer: np.ndarray
    best: np.ndarray


def series(aberration, magnification, f_numbers=F_NUMBERS, focal_mm=50.0, pupil_error=0.0, iris_error=None):
    """64 places on each curve, over a bit more than its half-peak zone, on a chart of 1.5 depths of field each way."""
    widest = f_numbers[0]
    setup = Setup(focal_mm, focal_mm * (1 + 1 / magnification), focal_mm * (1 + magnification), widest)
    radius = focal_mm / widest / 2 * np.exp(pupil_error)
    cone, waves_per_vergence = setup.image_distance_mm / radius, radius**2 / (2 * WAVELENGTH_MM)
    iris = np.ones(len(f_numbers)) if iris_error is None else np.exp(iris_error)
    stops = widest / np.array(f_numbers) * iris
    reach = min(0.3 * setup.distance_mm, max(1.5 * setup.dof_w_mm, 40.0))
    ends = waves_per_vergence * (1 / (setup.distance_mm + np.array([reach, -reach])) - 1 / setup.distance_mm)
    peaks = [_peak(aberration, stop, cone) for stop in stops]
    paraxial = -peaks[0]  # wide open best focus lies on the chart's centre line
    vergence, transfer = [], []
    for stop, peak in zip(stops, peaks, strict=True):
        half = 0.45 / (20 * WAVELENGTH_MM * cone * stop) + 0.6 * np.abs(aberration).sum() * stop**2 + 0.5 / stop**2
        waves = np.linspace(max(peak - half, ends[0] - paraxial), min(peak + half, ends[1] - paraxial), 64)
        vergence.append(1 / setup.distance_mm + (waves + paraxial) / waves_per_vergence)
        transfer.append(np.array([contrast(aberration, w, stop, cone) for w in waves]).T)
    best = 1 / setup.distance_mm + (np.array(peaks) + paraxial) / waves_per_vergence
    return Series(setup, tuple(f_numbers), np.array(vergence), np.array(transfer), best)


def _peak(aberration, stop, cone):
    """The defocus of most contrast at 20 lp/mm: a grid over where rays cross the axis, then a parabola."""
    rho_sq = (np.linspace(0.05, 1, 20) * stop) ** 2
    crossing = 2 * aberration[0] * rho_sq + 3 * aberration[1] * rho_sq**2 + 4 * aberration[2] * rho_sq**3
    step = 0.15 / stop**2
    waves = np.arange(crossing.min() - 3 * step, crossing.max() + 4 * step, step)
    for _ in range(3):
        seen = np.array([contrast(aberration, w, stop, cone, (20.0,))[0] for w in waves])
        top = int(np.clip(np.argmax(seen), 1, waves.size - 2))
        bend = np.polyfit(waves[top - 1 : top + 2] - waves[top], seen[top - 1 : top + 2], 2)
        step /= 4
        waves = waves[top] - bend[1] / (2 * bend[0]) + step * np.arange(-2, 3)
    return float(waves[2])


def photos(clean, rng, *, noise=0.006, texture=0.006, print_mm=0.035, blocks_in_zone=28, groups=8):
    """FocusCurves as measured: constants of their own, print blur, noise of blocks, texture of the paper."""
    setup = clean.setup
    zone = 2 * 0.705 / 20 / (setup.focal_length_mm / setup.widest_f_number * setup.image_distance_mm)
    low, high = clean.vergence.min(), clean.vergence.max()
    count = int((high - low) / zone * blocks_in_zone)
    vergence = low + (high - low) * (np.arange(count) + 0.5) / count
    paper = np.exp(texture * rng.normal(size=(groups, len(FREQUENCIES), count)))
    blur = 2 * np.pi**2 * (np.array(FREQUENCIES)[:, None] * print_mm * setup.image_distance_mm * vergence) ** 2
    return [
        _photo(clean, i, vergence, blur, paper, noise * rng.normal(size=(2, *paper.shape)), rng)
        for i in range(len(clean.f_numbers))
    ]


def _photo(clean, i, vergence, blur, paper, noise, rng):
    frequency = np.array(FREQUENCIES)[:, None]
    seen = np.stack([np.interp(vergence, clean.vergence[i], row, left=0, right=0) for row in clean.transfer[i]])
    seen = np.abs(seen) * np.exp(-blur - (0.03 + 0.05 * rng.normal()) * (frequency / 20) ** 2)
    edges = (seen * paper + np.sqrt(len(paper)) * noise[0]) * (seen * paper + np.sqrt(len(paper)) * noise[1])
    left_out = (edges.sum(axis=0) - edges) / (len(paper) - 1)
    return FocusCurve(vergence, FREQUENCIES, edges.mean(axis=0), left_out, np.full(vergence.size, 100.0))
