"""Longitudinal colour of a rendered lens, in files that hold colour finely and coarsely."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from analysis.flags import Quality
from analysis.frames import read_frame
from analysis.measure import MeasureOptions, PhotoSource, measure_series
from analysis.results import Basis
from analysis.synthetic import Processing, Series
from tests.rendered import LENS, SCENE, render

F_NUMBERS = (1.2, 1.4, 2.0, 2.8)
RED_UM, BLUE_UM = 11.0, -8.0


@pytest.fixture(scope="module")
def photos():
    """Behind a mosaic, stored in full colour."""
    lens = replace(LENS, axial_colour_um=(RED_UM, BLUE_UM))
    scene = replace(SCENE, colour_subsampling="444", processing=Processing(mosaic=True))
    return render(Series(scene, lens, F_NUMBERS, seed=6))


@pytest.fixture(scope="module")
def fine(photos):
    return measure_series(photos.sources())


def test_red_and_blue_lie_where_they_truly_are(photos, fine):
    for row, depth_mm in zip(fine.longitudinal_colour, photos.truth_mm.values(), strict=True):
        green = 1 / (500 + depth_mm)
        for found, um in ((row.red, RED_UM), (row.blue, BLUE_UM)):
            truth_mm = 1 / (green - um / 1e3 / 50**2) - 1 / green
            assert found.mm == pytest.approx(truth_mm, abs=0.12)
            assert abs(found.mm - truth_mm) < 3 * found.se_mm
            assert found.um == pytest.approx(um, abs=1.5)
        assert (row.frequency_lp_mm, row.basis, row.flags) == (20.0, Basis.MEASURED, Quality(0))


def test_each_colour_of_a_photo_has_its_best_focus(photos, fine):
    for photo, row in zip(fine.photos, fine.longitudinal_colour, strict=True):
        green = photo.channels["g"]
        assert green.best_focus_mm == pytest.approx(photos.truth_mm[photo.file], abs=0.15)
        assert photo.channels["r"].best_focus_mm - green.best_focus_mm == pytest.approx(row.red.mm, rel=0.02)
        assert green.se_mm >= photo.se_mm


def coarse(data):
    image = Image.open(io.BytesIO(data))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=92, subsampling=2, exif=image.getexif())
    return stream.getvalue()


def test_coarsely_stored_colour_is_flagged_and_about_a_quarter_low_at_most(photos, fine):
    told = measure_series([PhotoSource(one.name, coarse(one.read())) for one in photos.sources()])
    for row, true in zip(told.longitudinal_colour, fine.longitudinal_colour, strict=True):
        assert row.frequency_lp_mm == 10.0
        assert row.flags == Quality.CHROMA_SUBSAMPLED
        for found, um in ((row.red, RED_UM), (row.blue, BLUE_UM)):
            assert 0.7 <= found.um / um <= 1.25  # 8 µm pixels: colour is stored every 16 µm
            assert abs(found.um - um) < 2 * found.um_se
        assert row.red.se_mm > true.red.se_mm
    assert all(Quality.CHROMA_SUBSAMPLED in photo.flags for photo in told.photos)
    assert not any(Quality.CHROMA_SUBSAMPLED in row.flags for row in told.focus_shift)


def test_looking_at_colours_changes_nothing_else(photos, fine):
    plain = measure_series(photos.sources(), MeasureOptions(colour=False))
    assert [photo.best_focus_mm for photo in plain.photos] == [photo.best_focus_mm for photo in fine.photos]
    assert plain.longitudinal_colour == ()
    assert all(photo.channels == {} for photo in plain.photos)


def test_rows_kept_in_colour_are_those_of_the_picture(photos):
    data = photos.sources()[0].read()
    whole = np.asarray(Image.open(io.BytesIO(data)))
    colour = read_frame(data, colour=True).colour
    thin = colour.thin()
    rows = np.arange(whole.shape[0])
    for rows_of in (colour, thin):
        index = rows_of.index_of(rows)
        assert 0.3 < np.mean(index >= 0) < 0.35
        difference = rows_of.stored[index[index >= 0]].astype(int) - whole[rows[index >= 0]]
        assert np.abs(difference).max() <= 2
    assert thin.stored.nbytes < 0.34 * colour.stored.nbytes
    assert thin.thin() is thin


def test_a_grey_file_has_no_colours(photos):
    image = Image.open(io.BytesIO(photos.sources()[0].read())).convert("L")
    stream = io.BytesIO()
    image.save(stream, "JPEG")
    assert read_frame(stream.getvalue(), colour=True).colour is None
