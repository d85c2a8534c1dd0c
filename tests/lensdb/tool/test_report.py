"""The report is one file that says everything without a script and asks no address for anything."""

import base64
import hashlib
import json
import math
import re

import pytest

from analysis.evidence import PhotoEvidence, SeriesEvidence
from analysis.flags import Quality
from analysis.results import (
    Basis,
    ColourDifference,
    ColourRow,
    FirstSafe,
    PhotoResult,
    ReelPicture,
    SeriesResult,
    ShiftResult,
    TurnedRow,
)
from lensdb.tool import report

SCRIPT = 'console.log("</script><b>")'
STYLE = "main { color: black }"


@pytest.fixture(autouse=True)
def bundle(tmp_path, monkeypatch):
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "report.js").write_text(SCRIPT)
    (folder / "report.css").write_text(STYLE)
    monkeypatch.setattr(report, "BUNDLE", folder)
    return folder


def shift(f_number, mm, um):
    return ShiftResult(
        f_number=f_number,
        n_photos=1,
        focus_shift_mm=mm,
        se_mm=0.05,
        interval95_mm=(mm - 0.1, mm + 0.1),
        basis=Basis.MEASURED,
        focus_shift_um=um,
        focus_shift_um_se=0.5,
        shift_over_half_dof={"0.006": mm / 0.7, "0.030": mm / 3.5},
    )


def photo(file, f_number, **fields):
    reel = ReelPicture(
        chart_name=f"{file}-chart.jpg",
        chart_width_px=900,
        chart_height_px=600,
        chart_depth_rows=((0.0, 50.0), (600.0, -50.0)),
        crop_name=f"{file}-crop.jpg",
        crop_width_px=480,
        crop_height_px=640,
        crop_depth_rows=((0.0, 15.0), (640.0, -15.0)),
    )
    return PhotoResult(file=file, f_number=f_number, reel=reel, **fields)


def result(**fields):
    values = {
        "chart": "lensdb-a4",
        "lens": "EF50mm f/1.2L USM",
        "body": "Body",
        "focal_length_mm": 50.0,
        "pixel_pitch_um": 6.0,
        "pose": None,
        "reference_f_number": 1.2,
        "static_offset_mm": 0.1,
        "static_offset_se_mm": 0.4,
        "photos": (
            photo("IMG_1.JPG", 1.2, best_focus_mm=0.1, se_mm=0.03, interval95_mm=(0.04, 0.16), basis=Basis.MEASURED),
            photo("<IMG>.JPG", 2.8, flags=Quality.NO_PEAK, problem="Sharpness has no clear peak."),
        ),
        "focus_shift": (shift(1.2, 0.0, 0.0), shift(2.8, -1.9, -19.0)),
    }
    return SeriesResult(**(values | fields))


def written(tmp_path, **fields):
    path = tmp_path / "report.html"
    pictures = {"IMG_1.JPG-chart.jpg": b"\xff\xd8\xff"}
    report.write_report(result=result(**fields), pictures=pictures, title="50 mm </title> at 0.5 m", path=path)
    return path.read_text(encoding="utf-8")


def test_tables_and_sentence_stand_without_a_script(tmp_path):
    html = written(tmp_path)
    assert "Stopped down from f/1.2 to f/2.8, focus moved 1.9 mm in front (19 µm at the sensor)." in html
    assert "<td>\N{MINUS SIGN}1.9</td><td>\N{MINUS SIGN}2.0 to \N{MINUS SIGN}1.8</td>" in html
    assert "<strong>NO_PEAK</strong> Sharpness has no clear peak on the chart in this photo. (&lt;IMG&gt;.JPG)" in html


def test_payload_is_the_contract_and_cannot_end_its_script(tmp_path):
    html = written(tmp_path)
    [payload] = re.findall(r'<script type="application/json" id="series-result">(.*?)</script>', html, re.DOTALL)
    data = json.loads(payload)
    assert data["result"] == result().to_json()
    assert data["name"] == "50 mm </title> at 0.5 m"
    assert data["pictures"] == {"IMG_1.JPG-chart.jpg": "data:image/jpeg;base64,/9j/"}
    assert "<" not in payload


def test_only_its_own_script_and_style_may_run_and_no_address_is_asked(tmp_path):
    html = written(tmp_path)
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert scripts == ['console.log("<\\/script><b>")']
    for text, directive in ((scripts[0], "script-src"), (STYLE, "style-src")):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; img-src data: blob:;")


def test_rendered_photos_are_marked(tmp_path):
    assert "badge-simulated" not in written(tmp_path)
    html = written(tmp_path, body="LensDB Simulator")
    assert '<span class="badge badge-simulated">simulated</span></h1>' in html
    assert '"simulated": true' in html


def test_titles_are_text(tmp_path):
    assert "<title>50 mm &lt;/title&gt; at 0.5 m: focus shift</title>" in written(tmp_path)


def test_a_series_without_a_shift_says_so(tmp_path):
    html = written(tmp_path, focus_shift=(shift(1.2, 0.0, 0.0),), static_offset_mm=math.nan)
    assert "No focus shift could be measured." in html


def test_a_missing_bundle_is_a_clear_error(tmp_path, bundle):
    (bundle / "report.js").unlink()
    with pytest.raises(report.ReportNotBuiltError, match="make frontend"):
        written(tmp_path)


def test_a_flag_shows_what_it_was_raised_on(tmp_path):
    moved = photo(
        "IMG_1.JPG",
        1.2,
        best_focus_mm=0.1,
        flags=Quality.CAMERA_MOVED,
        evidence=PhotoEvidence(right_px=6.0, down_px=0.0),
    )
    html = written(tmp_path, photos=(moved,), evidence=SeriesEvidence(limits={"sideways_px": 2.0}))
    [remark] = re.findall(r"<li><strong>CAMERA_MOVED.*?</li>", html)
    assert '<svg class="evidence"' in remark
    assert "evidence-beyond" in remark
    assert "How far the chart&#x27;s edges moved" in remark


def test_colours_stand_in_a_table_of_their_own(tmp_path):
    row = ColourRow(
        1.2, 1, 10.0, ColourDifference(0.9, 0.1, 11.0, 1.0), ColourDifference(-0.6, 0.1, -8.0, 1.0), Basis.MEASURED,
        Quality.CHROMA_SUBSAMPLED,
    )  # fmt: skip
    html = written(tmp_path, longitudinal_colour=(row,))
    assert "<td>10</td><td>+0.90</td><td>± 0.20</td><td>\N{MINUS SIGN}0.60</td>" in html
    assert "CHROMA_SUBSAMPLED" in html
    assert "<h2>Colours</h2>" not in written(tmp_path)


def test_what_follows_is_said_in_sentences(tmp_path):
    html = written(tmp_path, first_safe=(FirstSafe(-2.0, "0.006", 8.0), FirstSafe(0.0, "0.030", math.nan)))
    assert "the mark 2 mm in front of it is within the depth of field from f/8 on." in html
    assert "the centre line is within the depth of field at no f-number of this series." in html
    assert "nothing here for AF micro-adjustment to cure" in html


def test_limits_off_the_chart_are_told_as_such(tmp_path):
    far = photo(
        "IMG_1.JPG", 8.0, near_limit_mm=-30.0, far_limit_mm=math.nan, near_extrapolated=True, far_extrapolated=True
    )
    html = written(tmp_path, photos=(far,))
    assert "\N{MINUS SIGN}30 (extrapolated)</td><td>beyond the chart</td>" in html


def test_both_ways_up_are_shown_beside_each_other(tmp_path):
    html = written(tmp_path, turned=(TurnedRow(2.8, 2.0, 1.8),))
    assert '<th scope="row">f/2.8</th><td>+2.0</td><td>+1.8</td>' in html
