"""Results as JSON and back: the door for what another process, or an earlier version, made."""

import copy
import json

import pytest

from analysis.flags import Quality
from analysis.results import Basis, SeriesResult

WRITTEN = {
    "analysis_version": "2026.11.1",
    "series": {
        "chart": "lensdb-a4", "lens": "", "body": "", "focal_length_mm": 50.0, "pixel_pitch_um": 6.0,
        "pose": {"tilt_deg": 45.0, "distance_mm": 500.0, "magnification": 0.1, "roll_deg": 0.0, "residual_px": 0.1,
                 "n_fiducials": 8},
        "reference_f_number": 1.2, "static_offset_mm": None, "static_offset_se_mm": None, "flags": ["TILT"],
    },
    "photos": [
        {"file": "a.jpg", "f_number": 1.2, "best_focus_mm": 0.1, "se_mm": 0.03, "interval95_mm": [0.04, 0.16],
         "basis": "measured", "near_limit_mm": -3.0, "far_limit_mm": None,
         "dof": [{"criterion_mm": 0.006, "near_mm": -0.5, "far_mm": 0.7}],
         "best_focus_10lp_mm": 0.1, "best_focus_40lp_mm": None,
         "channels": {"r": {"best_focus_mm": 0.3, "se_mm": 0.1}}, "flags": [], "problem": "",
         "curve": {"depth_mm": [-1.0, 1.0], "mtf20": [0.5, 0.6], "fit": [None, 0.6]}, "reel": None},
    ],
    "focus_shift": [
        {"f_number": 1.2, "n_photos": 1, "focus_shift_mm": 0.0, "se_mm": 0.0, "interval95_mm": [0.0, 0.0],
         "basis": "measured", "focus_shift_um": 0.0, "focus_shift_um_se": 0.0,
         "shift_over_half_dof": {"0.006": 0.0}, "flags": []},
    ],
}  # fmt: skip
"""As the first version of the method wrote it."""


def test_a_result_of_the_first_version_is_read():
    result = SeriesResult.from_json(WRITTEN)
    assert result.flags == Quality.TILT
    assert result.photos[0].basis is Basis.MEASURED
    assert result.photos[0].channels["r"].best_focus_mm == 0.3
    assert (result.longitudinal_colour, result.first_safe) == ((), ())
    assert not result.photos[0].dof[0].far_extrapolated


def test_what_it_says_is_kept():
    again = json.loads(json.dumps(SeriesResult.from_json(WRITTEN).to_json(), allow_nan=False))
    assert all(again["series"][name] == value for name, value in WRITTEN["series"].items())
    photo = WRITTEN["photos"][0]
    assert all(again["photos"][0][name] == value for name, value in photo.items() if name != "dof")
    assert again["focus_shift"] == WRITTEN["focus_shift"]


def changed(path, value):
    data = copy.deepcopy(WRITTEN)
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("series", "chart"), 7, "str expected"),
        (("series", "more"), 1.0, "more"),
        (("series", "flags"), ["NO_SUCH"], "NO_SUCH"),
        (("series", "flags"), [["TILT"]], "unhashable"),
        (("series", "pose"), [1.0], "expected"),
        (("photos",), None, "list expected"),
        (("photos", 0, "f_number"), True, "number expected"),
        (("photos", 0, "basis"), "guessed", "guessed"),
        (("photos", 0, "interval95_mm"), [0.0], "shorter"),
        (("photos", 0, "channels"), {"r": {"best_focus_mm": "x", "se_mm": 0.1}}, "number expected"),
        (("photos", 0, "curve", "depth_mm"), "abc", "list expected"),
        (("focus_shift", 0, "n_photos"), "many", "number expected"),
    ],
)
def test_what_is_no_result_is_refused_by_name(path, value, named):
    with pytest.raises(ValueError, match=named):
        SeriesResult.from_json(changed(path, value))


@pytest.mark.parametrize("data", [None, [], {}, {"series": None}, {"series": {}}])
def test_what_is_nothing_at_all_is_refused(data):
    with pytest.raises(ValueError, match="not a"):
        SeriesResult.from_json(data)
