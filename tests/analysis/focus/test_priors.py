"""What is taken for granted before a fit follows what the series tells."""

import pytest

from analysis.focus.priors import ASTIGMATISM_SD, CURVATURE_SD, NOT_TOLD, PUPIL_SD, OffAxis, priors, tilt_told
from analysis.focus.wavefit import CURVATURE, PUPIL


def known(*, curved=True, magnification=0.1, off_axis=NOT_TOLD):
    return priors(3, curved=curved, settings=5, magnification=magnification, off_axis=off_axis)


def test_the_field_bends_along_the_columns_as_it_does_across_them_but_for_astigmatism():
    mean, sd = known(off_axis=OffAxis(bend=(4.0, 0.05)))
    assert (mean[CURVATURE], sd[CURVATURE]) == (4.0, pytest.approx(ASTIGMATISM_SD, rel=1e-2))
    mean, sd = known()
    assert (mean[CURVATURE], sd[CURVATURE]) == (0.0, CURVATURE_SD)
    mean, sd = known(curved=False, off_axis=OffAxis(bend=(4.0, 0.05)))
    assert (mean[CURVATURE], sd[CURVATURE]) == (0.0, 0.0)


def test_far_off_a_tilted_plane_of_focus_may_pass_for_another_pupil():
    near, far = (known(magnification=m)[1][PUPIL] for m in (1 / 4, 1 / 40))
    assert near == pytest.approx(PUPIL_SD, rel=0.02)
    assert far > 2 * PUPIL_SD


def test_near_by_pupils_are_likelier_to_be_off_than_the_plane_of_focus_is():
    shares = [tilt_told(m) for m in (1 / 4, 1 / 22, 1 / 45)]
    assert shares[0] < 0.05
    assert shares[1] == pytest.approx(0.5, abs=0.02)
    assert shares[2] > 0.75
