"""The fall of light from the axis outwards, wide open against stopped down."""

import math
from functools import partial

import numpy as np
import pytest

from analysis.focus.priors import RIM_PRIOR, RIM_SEEN, OffAxis, priors
from analysis.focus.rims import log_light, rim_loss_per_mm
from analysis.focus.wavefit import RIM
from analysis.sfr.paths import Blocks
from analysis.sfr.rows import EdgeContrast

F_NUMBERS = [1.4, 2.0, 5.6, 8.0]
HEIGHT_MM = np.hypot(np.linspace(-9, 9, 30)[:, None], np.linspace(-2, 2, 12))
LAMP = 0.3 * np.linspace(-1, 1, 30)[:, None] * np.ones(12)


def lights(loss_per_mm, rng):
    """Logarithms of light under a lamp from the side; the widest photo loses some outwards, all else is alike."""
    noise = [rng.normal(0, 0.005, HEIGHT_MM.shape) for _ in F_NUMBERS]
    return [LAMP + own - (loss_per_mm * HEIGHT_MM if i == 0 else 0) for i, own in enumerate(noise)]


@pytest.mark.parametrize("loss_per_mm", [0.0, 0.02])
def test_the_loss_is_found_whatever_the_lamps_do(loss_per_mm):
    seen = lights(loss_per_mm, np.random.default_rng(1))
    assert rim_loss_per_mm(F_NUMBERS, seen, HEIGHT_MM) == pytest.approx(loss_per_mm, abs=5e-4)


def test_blurred_and_soiled_places_do_not_count():
    seen = lights(0.02, np.random.default_rng(2))
    seen[0][:, :3] = np.nan
    seen[0][4:6, 5:] -= 0.5
    assert rim_loss_per_mm(F_NUMBERS, seen, HEIGHT_MM) == pytest.approx(0.02, abs=1e-3)


def test_without_a_photo_clear_of_rims_nothing_is_known():
    seen = lights(0.02, np.random.default_rng(3))
    assert math.isnan(rim_loss_per_mm([1.4, 2.0, 2.8, 4.0], seen, HEIGHT_MM))
    assert math.isnan(rim_loss_per_mm(F_NUMBERS, [np.full_like(LAMP, np.nan), *seen[1:]], HEIGHT_MM))


def test_light_is_read_where_edges_are_sharp():
    power = np.array([1.0, 1.0, 0.3, 1.0])  # the third is blurred
    contrast = EdgeContrast(
        frequencies_lp_mm=(2.5,),
        blocks=Blocks(0.001, 1e-6, 4),
        power=power[None, None],
        step_power=np.ones((1, 4)),
        spectrum=np.ones((1, 1, 4), dtype=np.complex128),
        step=np.ones((1, 4)),
        rows=np.array([[8.0, 8.0, 8.0, 2.0]]),  # the fourth is the end of the edge
        level=np.array([[0.5, 0.0, 0.5, 0.5]]),  # the second is dark
    )
    assert log_light(contrast)[0] == pytest.approx([math.log(0.5), math.nan, math.nan, math.nan], nan_ok=True)


def test_the_more_light_is_lost_the_smaller_the_widest_pupil_is_taken_to_be():
    known = partial(priors, 3, curved=True, settings=5, magnification=0.1)
    means = [known(off_axis=OffAxis(loss))[0][RIM] for loss in (-0.01, 0.0, 0.1)]
    assert means == pytest.approx([RIM_SEEN[0], RIM_SEEN[0], RIM_SEEN[0] + 0.1 * RIM_SEEN[1]])
    mean, sd = known(off_axis=OffAxis())
    assert (mean[RIM], sd[RIM]) == RIM_PRIOR
    assert sd[RIM] > RIM_SEEN[2]
