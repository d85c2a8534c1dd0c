"""The chart found and its pose recovered in renders of known geometry."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest

from analysis.charts.design import TAG_DICTIONARY, chart_design, design_by_tag
from analysis.charts.discs import expected_centroid, find_disc
from analysis.charts.find import find_chart
from analysis.charts.pose import focal_prior
from analysis.charts.view import ChartView, tilted
from analysis.flags import PhotoUnusableError, Quality
from analysis.frames import Frame, srgb_to_linear
from analysis.synthetic import LENSES, Scene, focus_wide_open, render_photo, set_up

FULL = Scene(chart_design("A4"), width_px=6000, height_px=4000, pixel_pitch_um=6.0)
CROP = replace(FULL, width_px=3000, height_px=2000)
BEHIND = replace(CROP, focus_offset_mm=6.0)
LENS = LENSES["canon-ef-50-1.2"]
DISTANCE_MM = FULL.pupil_distance_mm(LENS.focal_length_mm)


@cache
def photo(scene, f_number=1.2):
    return Frame(render_photo(set_up(scene, LENS), f_number, np.random.default_rng(1)), srgb_to_linear(256))


def true_focal_px(scene):
    return 1e3 * focus_wide_open(scene, LENS).image_distance_mm / scene.pixel_pitch_um


def prior_for(scene, focal_length_mm=50.0):
    return focal_prior(scene.width_px, scene.height_px, focal_length_mm, scene.pixel_pitch_um)


@pytest.mark.parametrize(
    ("scene", "f_number", "tilt_within"),
    [
        pytest.param(FULL, 1.2, 0.15, id="full frame at f/1.2"),
        pytest.param(BEHIND, 1.2, 0.15, id="focused 6 mm behind"),
        pytest.param(replace(CROP, tilt_deg=41.0, pan_deg=1.5, roll_deg=-2.0), 8.0, 0.05, id="tilted, panned, rolled"),
        pytest.param(replace(CROP, roll_deg=180.0), 8.0, 0.05, id="upside down"),
        pytest.param(replace(CROP, design=chart_design("Letter"), width_px=2600), 8.0, 0.05, id="core alone, Letter"),
    ],
)
def test_pose_is_recovered(scene, f_number, tilt_within):
    found = find_chart(photo(scene, f_number), prior_for(scene), pupil_mm=50 / f_number)
    view = found.pose.view
    assert found.design is scene.design
    assert view.tilt_deg == pytest.approx(tilt_from_axis(scene), abs=tilt_within)
    assert view.distance_mm == pytest.approx(DISTANCE_MM, rel=0.012)
    # Depth hangs on the scale at the centre, which is known far better than the distance.
    assert view.scale_px_mm == pytest.approx(true_focal_px(scene) / DISTANCE_MM, rel=3e-4)


def tilt_from_axis(scene):
    """Angle of the chart to a plane across the axis when it is panned as well."""
    tilt, pan = np.radians([scene.tilt_deg, scene.pan_deg])
    return np.degrees(np.arccos(np.cos(tilt) * np.cos(pan)))


def test_the_focal_length_is_not_trusted():
    scene = replace(CROP, tilt_deg=41.0, pan_deg=1.5, roll_deg=-2.0)
    for wrong in (40.0, 60.0):
        found = find_chart(photo(scene, 8.0), prior_for(scene, wrong), pupil_mm=6.0)
        assert found.pose.view.distance_mm == pytest.approx(DISTANCE_MM, rel=0.01)


def test_a_photo_without_chart():
    noise = np.random.default_rng(0).integers(60, 200, (900, 1400), np.uint8)
    with pytest.raises(PhotoUnusableError, match="No LensDB chart") as caught:
        find_chart(Frame(noise, srgb_to_linear(256)), focal_prior(1400, 900, None, None))
    assert caught.value.flag is Quality.NO_CHART


def test_other_peoples_tags_are_not_ours():
    page = np.full((900, 1400), 230, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, TAG_DICTIONARY))
    for i, tag_id in enumerate((0, 1, 7, 23)):
        page[200:400, 100 + 300 * i : 300 + 300 * i] = cv2.aruco.generateImageMarker(dictionary, tag_id, 200)
    with pytest.raises(PhotoUnusableError):
        find_chart(Frame(page, srgb_to_linear(256)), focal_prior(1400, 900, None, None))


def test_our_tag_on_a_blank_page_is_no_chart():
    page = np.full((900, 1400), 230, np.uint8)
    tag = chart_design("A4").tags[0]
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, TAG_DICTIONARY))
    page[300:500, 300:500] = cv2.aruco.generateImageMarker(dictionary, tag.id, 200)
    assert design_by_tag(tag.id)[0] is chart_design("A4")
    with pytest.raises(PhotoUnusableError, match="too little of the chart"):
        find_chart(Frame(page, srgb_to_linear(256)), focal_prior(1400, 900, None, None))


def test_a_disc_is_placed_to_a_fraction_of_a_pixel_however_blurred():
    scene = BEHIND
    view = ChartView(tilted(45.0, 0.0), np.array([0.0, 0.0, DISTANCE_MM]), true_focal_px(scene), 0.0, 3000, 2000)
    for disc in scene.design.discs[:12]:
        found = find_disc(photo(scene), view, disc)
        assert found is not None
        assert (found.x_px, found.y_px) == pytest.approx(expected_centroid(view, disc), abs=0.15)


def test_an_expected_disc_that_is_not_there_is_not_found():
    view = ChartView(tilted(45.0, 0.0), np.array([20.0, 0.0, DISTANCE_MM]), true_focal_px(BEHIND), 0.0, 3000, 2000)
    assert find_disc(photo(BEHIND), view, BEHIND.design.discs[0]) is None
