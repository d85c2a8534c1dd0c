"""A series in a folder looks like a camera's, tells its truth beside the photos, and goes wrong as planted."""

import json
from dataclasses import replace

import numpy as np
import pytest
import simplejpeg

from analysis.charts.design import chart_design
from analysis.photos.exif import read_facts
from analysis.synthetic.lens import LENSES
from analysis.synthetic.scene import Scene
from analysis.synthetic.series import TRUTH_FILE, Camera, Mishap, Series, render_series, series_truth

LENS = LENSES["canon-ef-50-1.2"]
SCENE = Scene(chart_design("A4"), width_px=750, height_px=500, pixel_pitch_um=24.0)
SERIES = Series(
    SCENE, LENS, f_numbers=(1.2, 2.0, 4.0), camera=Camera(body_serial="SIM-0001", lens_serial="SIM-0042"), seed=5
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    render_series(SERIES, folder)
    return folder


def truth_of(folder):
    return json.loads((folder / TRUTH_FILE).read_text())


def rendered(tmp_path, **changes):
    return render_series(replace(SERIES, **changes), tmp_path)


def test_files_are_named_as_cameras_do(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "IMG_0001.JPG",
        "IMG_0002.JPG",
        "IMG_0003.JPG",
        TRUTH_FILE,
    ]


def test_exif_says_what_a_camera_says(folder):
    facts = read_facts((folder / "IMG_0002.JPG").read_bytes())
    assert (facts.make, facts.model, facts.lens) == ("LensDB", "LensDB Simulator", "EF50mm f/1.2L USM")
    assert (facts.f_number, facts.focal_length_mm, facts.iso) == (2.0, 50.0, 100)
    assert facts.exposure_s == pytest.approx(1 / 72)
    assert facts.pixel_pitch_um == pytest.approx(24.0, rel=1e-5)
    assert facts.focal_length_35mm == pytest.approx(50 * 43.267 / 21.633, abs=0.5)
    assert facts.taken_at == "2026-11-01 10:00:11"
    assert (facts.body_serial, facts.lens_serial) == ("SIM-0001", "SIM-0042")
    assert (facts.width_px, facts.height_px, facts.orientation, facts.edited) == (750, 500, 1, False)


def test_absent_serials_stay_absent(tmp_path):
    path = rendered(tmp_path, f_numbers=(4.0,), camera=Camera())[0]
    facts = read_facts(path.read_bytes())
    assert (facts.body_serial, facts.lens_serial) == (None, None)


def test_photos_call_themselves_simulated_and_hold_no_truth(folder):
    data = (folder / "IMG_0001.JPG").read_bytes()
    assert b"LensDB simulation" in data
    for word in (b"best_focus", b"w040", b"truth", b"shift"):
        assert word not in data


def test_truth_lies_beside_the_photos(folder):
    truth = truth_of(folder)
    assert truth["simulated"] is True
    assert truth["scene"]["design"] == "lensdb-a4"
    assert [photo["file"] for photo in truth["photos"]] == ["IMG_0001.JPG", "IMG_0002.JPG", "IMG_0003.JPG"]
    depths = [photo["best_focus_mm"] for photo in truth["photos"]]
    shifts = [row["focus_shift_mm"] for row in truth["focus_shift"]]
    assert shifts == pytest.approx(np.subtract(depths, depths[0]))
    distance = truth["pupil_distance_mm"]
    expected_um = 1000 * 2500 * (1 / (distance + depths[0]) - 1 / (distance + depths[2]))
    assert truth["focus_shift"][2]["focus_shift_um"] == pytest.approx(expected_um)


def test_same_seed_same_bytes(folder, tmp_path):
    for again in rendered(tmp_path):
        assert again.read_bytes() == (folder / again.name).read_bytes()


def test_progress_is_told_photo_by_photo(tmp_path):
    told = []
    render_series(replace(SERIES, f_numbers=(4.0, 8.0)), tmp_path, lambda *step: told.append(step))
    assert told == [("IMG_0001.JPG", 1, 2), ("IMG_0002.JPG", 2, 2)]


def test_an_f_number_the_lens_does_not_have_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"opens to f/1\.2, not f/1"):
        rendered(tmp_path, f_numbers=(1.0, 2.0))
    assert not list(tmp_path.iterdir())


def test_a_moved_camera_shifts_the_picture_by_six_pixels(folder, tmp_path):
    rendered(tmp_path, mishap=Mishap.MOVED)
    before, after = (
        simplejpeg.decode_jpeg((place / "IMG_0003.JPG").read_bytes(), "GRAY")[:, :, 0].astype(float)
        for place in (folder, tmp_path)
    )
    rows = slice(240, 260)
    errors = [
        np.abs(after[rows, 100:-100] - np.roll(before, step, axis=1)[rows, 100:-100]).mean() for step in range(12)
    ]
    assert int(np.argmin(errors)) == 6
    untouched = simplejpeg.decode_jpeg((tmp_path / "IMG_0001.JPG").read_bytes(), "GRAY")
    assert np.array_equal(untouched, simplejpeg.decode_jpeg((folder / "IMG_0001.JPG").read_bytes(), "GRAY"))


def test_a_refocused_lens_is_off_from_then_on():
    names = ["a", "b", "c"]
    good = series_truth(SERIES, names)["photos"]
    bad = series_truth(replace(SERIES, mishap=Mishap.REFOCUSED), names)["photos"]
    offsets = np.subtract([photo["best_focus_mm"] for photo in bad], [photo["best_focus_mm"] for photo in good])
    depth_of_field = 2 * 1.2 * 0.03 * (1 + 1 / 9.12) * 9.12**2
    assert offsets[0] == 0
    assert offsets[1:] == pytest.approx([0.4 * depth_of_field] * 2, rel=0.1)


def test_a_camera_moved_along_the_axis_shifts_best_focus():
    bad = series_truth(replace(SERIES, mishap=Mishap.MOVED_AXIS, mishap_at=2), ["a", "b", "c"])["photos"]
    assert bad[1]["chart_offset_mm"] == [0.0, 0.0, 0.0]
    assert bad[2]["chart_offset_mm"][2] == pytest.approx(-0.003 * SCENE.pupil_distance_mm(50.0))


def test_an_unreadable_photo_is_cut_off(tmp_path):
    paths = rendered(tmp_path, mishap=Mishap.UNREADABLE)
    assert paths[0].read_bytes().endswith(b"\xff\xd9")
    assert not paths[1].read_bytes().endswith(b"\xff\xd9")


def test_the_files_can_name_another_lens(tmp_path):
    path = rendered(tmp_path, f_numbers=(4.0,), mishap=Mishap.WRONG_LENS, tagged_as="EF135mm f/2L USM")[0]
    assert read_facts(path.read_bytes()).lens == "EF135mm f/2L USM"
    assert truth_of(tmp_path)["lens"]["model"] == "Canon EF 50mm f/1.2L USM"


def test_an_f_number_of_hundredths_is_told_as_such(tmp_path):
    fast = LENSES["leica-noctilux-50-0.95"]
    told = [read_facts(path.read_bytes()).f_number for path in rendered(tmp_path, lens=fast, f_numbers=(0.95, 4.0))]
    assert told == [0.95, 4.0]
