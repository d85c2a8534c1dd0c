"""Whole series of known truth, good ones and spoiled ones."""

import io
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from analysis.flags import ConfigurationError, Quality, SeriesUndecidedError
from analysis.frames import read_frame
from analysis.measure import MeasureOptions, NothingMeasuredError, PhotoSource, measure_photo, measure_series
from analysis.results import Basis, SeriesResult
from tests.rendered import DEPTH_OF_FIELD_W_MM, F_NUMBERS, series


@pytest.fixture(scope="module")
def good():
    return measure_series(series().sources())


def test_every_f_number_has_its_best_focus(good):
    truth = series().truth_mm
    errors = np.array([photo.best_focus_mm - truth[photo.file] for photo in good.photos])
    assert abs(errors[0]) < 0.05
    assert np.abs(errors).max() < 0.1


def test_the_shift_is_right_within_its_interval(good):
    truth = list(series().truth_mm.values())
    for row, best_focus in zip(good.focus_shift, truth, strict=True):
        low, high = row.interval95_mm
        assert low <= best_focus - truth[0] <= high
        assert high - low < 0.07 * DEPTH_OF_FIELD_W_MM
        micrometres = 1e3 * 50**2 * (1 / (500 + truth[0]) - 1 / (500 + best_focus))
        assert row.focus_shift_um == pytest.approx(micrometres, abs=0.8)  # 1 % of DoF_w and 1 % of the shift


def test_narrow_apertures_borrow_and_say_so(good):
    assert [photo.basis for photo in good.photos[:3]] == [Basis.MEASURED] * 3
    assert [photo.basis for photo in good.photos[-2:]] == [Basis.BORROWED] * 2


def test_the_reference_is_listed_with_no_shift(good):
    reference = good.focus_shift[0]
    assert (reference.f_number, reference.focus_shift_mm, reference.se_mm) == (1.2, 0.0, 0.0)
    assert good.reference_f_number == 1.2
    assert good.static_offset_mm == pytest.approx(0.0, abs=0.06)
    assert good.static_offset_se_mm == good.photos[0].se_mm > good.focus_shift[1].se_mm


def test_pose_and_facts(good):
    assert good.pose.distance_mm == pytest.approx(500.0, rel=2e-3)
    assert good.pose.tilt_deg == pytest.approx(45.0, abs=0.02)
    assert good.pose.magnification == pytest.approx(1 / 9, rel=2e-3)
    assert (good.chart, good.lens, good.focal_length_mm) == ("lensdb-a4", "EF50mm f/1.2L USM", 50.0)
    assert good.flags == Quality(0)


def test_half_contrast_zone_and_depth_of_field_grow_with_the_f_number(good):
    zones = [photo.far_limit_mm - photo.near_limit_mm for photo in good.photos]
    assert zones == sorted(zones)
    fields = [photo.dof[1].far_mm - photo.dof[1].near_mm for photo in good.photos]
    # The frame is 16 mm by 11.2 mm, so the criterion is divided by its crop factor.
    assert fields[0] == pytest.approx(DEPTH_OF_FIELD_W_MM * np.hypot(16, 11.2) / 43.267, rel=0.01)
    assert fields == sorted(fields)


def test_the_result_survives_json(good):
    written = json.loads(json.dumps(good.to_json(), allow_nan=False))
    assert SeriesResult.from_json(written).to_json() == written


def test_one_wide_open_photo_suffices_for_its_own_focus():
    single = series().only(0)
    result = measure_photo(single.sources()[0])
    assert result.photos[0].best_focus_mm == pytest.approx(0.0, abs=0.15)
    assert Quality.FEW_FRAMES in result.flags
    written = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert SeriesResult.from_json(written).to_json() == written


def test_a_chart_turned_upside_down_is_the_same_chart(good):
    """Sheet and stand turned by 180 degrees about the axis give the same picture turned."""
    result = measure_series([PhotoSource(p.name, changed(p.read(), upside_down)) for p in series().sources()])
    found = [photo.best_focus_mm for photo in result.photos]
    assert found == pytest.approx([photo.best_focus_mm for photo in good.photos], abs=0.06)
    assert abs(result.pose.roll_deg) == pytest.approx(180.0, abs=0.05)
    assert Quality.ROLL not in result.flags


def upside_down(levels):
    return levels[::-1, ::-1]


def test_an_unreadable_photo_is_left_out_alone(good):
    sources = series().sources()
    data = sources[2].read()
    sources[2] = PhotoSource(sources[2].name, data[: len(data) // 2])
    result = measure_series(sources)
    assert [bool(photo.problem) for photo in result.photos] == [False, False, True, False, False, False, False]
    assert result.photos[2].flags == Quality.UNREADABLE
    assert np.isnan(result.photos[2].best_focus_mm)
    assert result.photos[0].best_focus_mm == pytest.approx(good.photos[0].best_focus_mm, abs=0.03)
    assert [row.f_number for row in result.focus_shift] == [n for n in F_NUMBERS if n != 2.0]


def moved_sideways(data, pixels):
    """The photo with its content a whole number of pixels further right, saved again."""
    image = Image.open(io.BytesIO(data))
    stream = io.BytesIO()
    shifted = Image.fromarray(np.roll(np.asarray(image), pixels, axis=1))
    shifted.save(stream, "JPEG", quality=95, exif=image.getexif())
    return stream.getvalue()


@pytest.mark.parametrize(("pixels", "flag"), [(6, Quality.CAMERA_MOVED), (0, Quality(0))])
def test_a_camera_moved_sideways_is_noticed(pixels, flag):
    sources = series().sources()
    sources[3:] = [PhotoSource(photo.name, moved_sideways(photo.read(), pixels)) for photo in sources[3:]]
    result = measure_series(sources)
    assert result.flags == flag
    assert [photo.flags & Quality.CAMERA_MOVED for photo in result.photos] == [Quality(0)] * 3 + [flag] * 4


def test_a_camera_pushed_along_the_axis_is_noticed_and_taken_out():
    mixed = series().only(0, 1, 2).then(series((2.8, 4.0, 8.0), nearer_mm=1.0))
    result = measure_series(mixed.sources())
    assert result.flags == Quality.CAMERA_MOVED_AXIS
    truth = list(series().truth_mm.values())[:-1]
    found = [row.focus_shift_mm for row in result.focus_shift]
    assert found == pytest.approx([depth - truth[0] for depth in truth], abs=0.06)


def test_a_refocused_lens_is_noticed():
    mixed = series().only(0, 1, 2).then(series((2.8, 4.0, 8.0), focus_offset_mm=2.0))
    result = measure_series(mixed.sources())
    assert Quality.REFOCUSED in result.flags
    assert Quality.CAMERA_MOVED not in result.flags
    assert all(Quality.REFOCUSED in photo.flags for photo in result.photos[3:])
    own = [photo.best_focus_mm - mixed.truth_mm[photo.file] for photo in result.photos[:5]]
    assert own == pytest.approx([0.0] * 5, abs=0.25)  # each photo still speaks for itself


def test_repeats_are_combined(good):
    sources = series().sources()
    again = [PhotoSource("again-" + photo.name, photo.data) for photo in sources[:2]]
    result = measure_series(sources + again)
    assert [row.n_photos for row in result.focus_shift] == [2, 2, 1, 1, 1, 1, 1]
    assert result.focus_shift[3].focus_shift_mm == pytest.approx(good.focus_shift[3].focus_shift_mm, abs=0.05)


def test_photos_without_f_number_are_named_and_given_ones_are_used():
    sources = series().only(0, 2, 3, 5).sources()
    bare = [PhotoSource(photo.name, without_f_number(photo.read())) for photo in sources]
    result = measure_series([*sources[:3], bare[3]])
    assert result.photos[3].flags == Quality.NO_F_NUMBER
    given = [PhotoSource(photo.name, photo.data, f) for photo, f in zip(bare, (1.2, 2.0, 2.8, 8.0), strict=True)]
    assert [photo.f_number for photo in measure_series(given).photos] == [1.2, 2.0, 2.8, 8.0]


def without_f_number(data):
    image = Image.open(io.BytesIO(data))
    exif = image.getexif()
    del exif.get_ifd(0x8769)[0x829D]
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=95, exif=exif)
    return stream.getvalue()


def photo_of_something_else():
    noise = np.random.default_rng(3).integers(0, 255, (60, 90), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).resize((1800, 1200)).save(stream, "JPEG")
    return PhotoSource("cat.jpg", stream.getvalue(), 2.8)


def test_no_chart_is_a_sentence_before_any_question():
    with pytest.raises(NothingMeasuredError, match="No LensDB chart was found") as caught:
        measure_series([photo_of_something_else()])
    assert isinstance(caught.value, SeriesUndecidedError)
    assert caught.value.photos[0].flags == Quality.NO_CHART


def test_another_picture_among_the_photos_is_left_out():
    result = measure_series([*series().only(0, 5).sources(), photo_of_something_else()])
    assert result.photos[2].problem
    assert not result.photos[0].problem


def test_pixel_pitch_is_asked_for_when_nothing_tells_it():
    stream = io.BytesIO()
    Image.open(io.BytesIO(series().only(0).sources()[0].read())).save(stream, "JPEG", quality=95)
    bare = PhotoSource("bare.jpg", stream.getvalue(), 1.2)
    with pytest.raises(ConfigurationError) as caught:
        measure_photo(bare)
    assert caught.value.flag is Quality.NO_PIXEL_PITCH
    told = MeasureOptions(pixel_pitch_um=8.0, focal_length_mm=50.0)
    assert measure_photo(bare, told).photos[0].best_focus_mm == pytest.approx(0.0, abs=0.15)


def test_a_chart_printed_too_small_shows_in_the_distance():
    sources = series().only(0, 5).sources()
    assert Quality.PRINT_SCALE not in measure_series(sources, MeasureOptions(distance_mm=555.6)).flags
    assert Quality.PRINT_SCALE in measure_series(sources, MeasureOptions(distance_mm=620.0)).flags


def test_no_photos_at_all():
    with pytest.raises(NothingMeasuredError, match="no photos"):
        measure_series([])


def test_pictures_are_handed_over_under_the_names_in_the_result():
    pictures = {}
    result = measure_series(series().only(0, 5).sources(), pictures=pictures.__setitem__)
    named = {name for photo in result.photos for name in (photo.reel.chart_name, photo.reel.crop_name)}
    assert named == set(pictures)
    reel = result.photos[0].reel
    with Image.open(io.BytesIO(pictures[reel.crop_name])) as crop:
        assert crop.size == (reel.crop_width_px, reel.crop_height_px)
        assert not crop.getexif()


@pytest.mark.parametrize(("kept_bytes", "once"), [(150_000_000, True), (0, False)])
def test_no_photo_is_decoded_twice_as_far_as_memory_allows(good, monkeypatch, kept_bytes, once):
    decoded = []

    def counted(data, **options):
        decoded.append(data)
        return read_frame(data, **options)

    monkeypatch.setattr("analysis.survey.read_frame", counted)
    monkeypatch.setattr("analysis.survey._KEPT_BYTES", kept_bytes)
    result = measure_series(series().sources())
    assert (len(decoded) == len(F_NUMBERS)) is once
    assert result.to_json() == good.to_json()


def test_progress_names_each_photo():
    told = []
    measure_series(series().only(0, 5).sources(), progress=lambda *step: told.append(step))
    assert [(done, total) for _, done, total in told] == [(1, 2), (2, 2)]
    assert {name for name, _, _ in told} == set(series().only(0, 5).photos)


def changed(data, change):
    """The photo with its stored values changed, saved again."""
    image = Image.open(io.BytesIO(data))
    stream = io.BytesIO()
    Image.fromarray(change(np.asarray(image)).astype(np.uint8)).save(stream, "JPEG", quality=95, exif=image.getexif())
    return stream.getvalue()


def test_a_camera_held_upright_without_saying_so(good):
    sources = [PhotoSource(p.name, changed(p.read(), np.rot90)) for p in series().only(0, 2, 3, 4).sources()]
    result = measure_series(sources)
    assert abs(result.pose.roll_deg) < 0.05
    found = [photo.best_focus_mm for photo in result.photos]
    assert found == pytest.approx([good.photos[i].best_focus_mm for i in (0, 2, 3, 4)], abs=0.08)


def darker_curve(levels):
    return 255 * (levels / 255.0) ** 1.8


def overexposed(levels):
    return np.clip(levels * 1.25, 0, 255)


def washed_out(levels):
    return 110 + levels * 0.5


def sharpened(levels):
    blurred = cv2.GaussianBlur(levels.astype(float), (0, 0), 1.5)
    return np.clip(levels + 1.5 * (levels - blurred), 0, 255)


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        (darker_curve, Quality.TONE_DOUBTFUL),
        (overexposed, Quality.CLIPPED),
        (washed_out, Quality.LOW_CONTRAST),
        (sharpened, Quality.SHARPENED),
    ],
)
def test_doubtful_pictures_are_doubted(change, flag):
    photo = series().only(4).sources()[0]
    result = measure_photo(PhotoSource(photo.name, changed(photo.read(), change)))
    assert flag in result.flags | result.photos[0].flags
    untouched = measure_photo(photo)
    assert flag not in untouched.flags | untouched.photos[0].flags
