"""Every flag that stands for something seen has its evidence drawn, from the numbers of the result alone."""

import math
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from analysis.drawings import drawing_of
from analysis.evidence import PhotoEvidence, SeriesEvidence
from analysis.flags import Quality
from analysis.results import PhotoResult, Pose, SeriesResult, ThroughFocus

NUMBERS = (1.2, 2.0, 4.0, 8.0)
LIMITS = {
    "sideways_px": 2.0, "growth": 5e-4, "slip_mm": 0.3, "off_fit_mm": 0.3, "iris": 0.125, "misfit": 1.5,
    "clipped_share": 0.005, "contrast": 3.0, "edge_mtf": 1.06, "fine_noise_share": 0.25, "tone_low": 0.75,
    "tone_high": 1.33, "tilt_low_deg": 35.0, "tilt_high_deg": 60.0, "roll_deg": 2.0, "centre": 0.1, "print_scale": 0.05,
}  # fmt: skip
GOOD = PhotoEvidence(0.1, 0.1, 1e-5, 1e-5, 0.02, 0.05, 0.02, 0.05, 0.0, 6.9, 0.95, 2.0, 0.5)
GREYS = tuple((x, x) for x in (0.3, 0.5, 1.0, 1.5, 2.0, 3.0))
SEEN = SeriesEvidence(LIMITS, tuple((n, 1.0) for n in NUMBERS), 0.8, GREYS, 1.0, 0.5, 0.5, 1.0)
CURVE = ThroughFocus((-5.0, 0.0, 5.0), (0.4, 0.8, 0.5), (math.nan, 0.8, 0.5))
DRAWN = [
    "CAMERA_MOVED", "CAMERA_MOVED_AXIS", "REFOCUSED", "MODEL_DISAGREES", "MISFIT", "IRIS", "CLIPPED", "LOW_CONTRAST",
    "SHARPENED", "NOISE_REDUCED", "TONE_DOUBTFUL", "TILT", "ROLL", "OFF_CENTRE", "PRINT_SCALE", "FEW_FRAMES",
    "NO_REFERENCE", "NO_PEAK", "EXTRAPOLATED",
]  # fmt: skip


def result(last=GOOD, **seen):
    """A series whose last photo shows something."""
    photos = [PhotoResult(f"{n}.jpg", n, 0.1, curve=CURVE, near_extrapolated=True, evidence=GOOD) for n in NUMBERS]
    photos[-1] = replace(photos[-1], evidence=last)
    return SeriesResult(
        chart="lensdb-a4",
        lens="",
        body="",
        focal_length_mm=50.0,
        pixel_pitch_um=6.0,
        pose=Pose(45.0, 500.0, 0.1, 0.5, 0.1, 12),
        reference_f_number=1.2,
        static_offset_mm=0.0,
        static_offset_se_mm=0.3,
        photos=tuple(photos),
        focus_shift=(),
        evidence=replace(SEEN, **seen),
    )


def root_of(drawing):
    return ET.fromstring(drawing.svg)  # noqa: S314 - our own drawing


def elements(flag, of):
    return list(root_of(drawing_of(flag, of)).iter())


def beyond(flag, of):
    return sum(element.get("class") == "evidence-beyond" for element in elements(flag, of))


@pytest.mark.parametrize("name", DRAWN)
def test_every_flag_about_something_seen_is_drawn(name):
    drawing = drawing_of(Quality[name], result())
    root = root_of(drawing)
    assert root.get("aria-label")
    assert drawing.caption
    assert not any("style" in element.attrib for element in root.iter())  # the pages' policy forbids styles


@pytest.mark.parametrize(
    ("flag", "spoiled"),
    [
        (Quality.CAMERA_MOVED, {"right_px": -6.0}),
        (Quality.CAMERA_MOVED_AXIS, {"growth": -0.003}),
        (Quality.REFOCUSED, {"slip_mm": 2.0}),
        (Quality.MODEL_DISAGREES, {"off_fit_mm": -1.0}),
        (Quality.CLIPPED, {"clipped_share": 0.2}),
        (Quality.LOW_CONTRAST, {"contrast": 2.0}),
        (Quality.SHARPENED, {"edge_mtf": 1.3}),
        (Quality.NOISE_REDUCED, {"fine_noise_share": 0.1}),
    ],
)
def test_what_lies_beyond_its_limit_is_marked_and_nothing_else(flag, spoiled):
    assert beyond(flag, result()) == 0
    assert beyond(flag, result(replace(GOOD, **spoiled))) == 1


@pytest.mark.parametrize(
    ("flag", "seen", "marks"),
    [
        (Quality.IRIS, {"iris": ((1.2, 1.0), (2.0, 0.8), (4.0, 1.2), (8.0, 1.1))}, 2),
        (Quality.MISFIT, {"misfit": 3.0}, 1),
        (Quality.TONE_DOUBTFUL, {"tone_exponent": 2.2}, len(GREYS)),
        (Quality.OFF_CENTRE, {"centre_x": 0.7}, 1),
    ],
)
def test_what_the_series_shows_is_marked(flag, seen, marks):
    assert beyond(flag, result()) == 0
    assert beyond(flag, result(**seen)) == marks


def test_photos_are_told_by_their_f_number_and_a_gap_by_a_dash():
    words = [one.text for one in elements(Quality.NOISE_REDUCED, result(replace(GOOD, fine_noise_share=math.nan)))]
    assert [word for word in words if word and word.startswith("f/")] == ["f/1.2", "f/2", "f/4", "f/8"]
    assert "–" in words


def test_the_check_line_is_as_long_as_the_distance_says():
    drawing = drawing_of(Quality.PRINT_SCALE, result(print_scale=0.93))
    assert "93.0 mm" in drawing.svg
    assert drawing_of(Quality.PRINT_SCALE, result(print_scale=math.nan)) is None


def test_a_result_without_evidence_draws_nothing_false():
    """As those of the first version are."""
    old = replace(result(), evidence=None, photos=())
    for name in DRAWN:
        drawing = drawing_of(Quality[name], old)
        assert drawing is None or "evidence-beyond" not in drawing.svg


def test_flags_about_the_file_have_no_drawing():
    assert drawing_of(Quality.EXIF_CONFLICT, result()) is None
