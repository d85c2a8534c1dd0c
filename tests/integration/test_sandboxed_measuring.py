"""The measuring core inside its sandbox: all that it needs must be there before the child seals itself."""

import hashlib
import io
import json
import subprocess
import sys

import pytest
from PIL import Image

from lensdb.processing import worker
from tests.integration.conftest import F_NUMBERS, PIXEL_PITCH_UM

OPTIONS = {"distance_mm": 500.0, "pixel_pitch_um": PIXEL_PITCH_UM, "focal_length_mm": 50.0}


@pytest.fixture(scope="module", autouse=True)
def ended_helper():
    yield
    worker._helper.close()


def measure(tmp_path, photos):
    references = []
    for number, (data, f_number) in enumerate(zip(photos, F_NUMBERS, strict=True), 1):
        (tmp_path / str(number)).write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        references.append(
            {"sha256": sha256, "source": str(tmp_path / str(number)), "name": f"{number}.jpg", "f_number": f_number}
        )
    return worker.measure(
        {"label": "series=1", "photos": references, "options": OPTIONS, "derived": str(tmp_path / "derived")}
    )


def recoded(data, **options):
    with Image.open(io.BytesIO(data)) as picture:
        out = io.BytesIO()
        picture.save(out, **options)
    return out.getvalue()


def test_a_series_is_measured(tmp_path, photos):
    report = measure(tmp_path, photos)
    assert (report["failure"], report["detail"]) == ("", "")
    shifts = {shift["f_number"]: shift["focus_shift_um"] for shift in report["result"]["focus_shift"]}
    assert shifts[2.8] == pytest.approx(18.5, abs=3)
    assert len(report["pictures"]) == 2 * len(F_NUMBERS)


@pytest.mark.parametrize("options", [{"format": "JPEG", "quality": 95, "progressive": True}, {"format": "PNG"}])
def test_other_decoders_find_all_they_need(tmp_path, photos, options):
    report = measure(tmp_path, [recoded(photo, **options) for photo in photos])
    assert report["failure"] not in {"measuring_failed", "photo_crashes", "worker_trouble"}


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 5000, b"\xff\xd8\xff\xe0" + b"noise" * 1000, b"<html>", b"GIF89a" + b"\xff" * 200],
    ids=["empty", "zeros", "torn header", "page", "huge gif"],
)
def test_rubbish_is_unreadable_and_nothing_worse(tmp_path, data):
    report = measure(tmp_path, [data + bytes([number]) for number in range(len(F_NUMBERS))])
    assert report["failure"] == "unreadable"


def test_nothing_is_imported_late(tmp_path, photos):
    """A sealed child cannot import: what measuring loads, the warm helper must have loaded."""
    for number, photo in enumerate(photos):
        (tmp_path / f"{number}.jpg").write_bytes(photo)
    code = (
        "import sys, json, pathlib\n"
        "from lensdb.processing.sandbox import measuring\n"
        "from analysis.measure import MeasureOptions, PhotoSource, measure_series\n"
        "measuring.warm_up()\n"
        "before = set(sys.modules)\n"
        "photos = [PhotoSource(p.name, p.read_bytes()) for p in sorted(pathlib.Path(sys.argv[1]).glob('*.jpg'))]\n"
        f"measure_series(photos, MeasureOptions(**{OPTIONS}), pictures=lambda name, data: None)\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
