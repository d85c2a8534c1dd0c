"""`lensdb compare` from the outside: folders, results and exports; text, JSON, exit codes."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from analysis.results import ANALYSIS_VERSION, Basis, Pose, SeriesResult, ShiftResult
from lensdb.tool.cli import main
from lensdb.tool.exit_codes import ExitCode
from tests.rendered import series


def run(*arguments):
    return CliRunner().invoke(main, ["compare", *map(str, arguments)], env={"COLUMNS": "120"})


def result(shift_um, *, s_mm=500.0, lens="EF50mm f/1.2L USM", version=ANALYSIS_VERSION):
    """Of a series whose shift at f/2.8 is so many µm."""
    rows = [
        ShiftResult(n, 1, 0.0, se, (0.0, 0.0), Basis.MEASURED, um, se, {"0.006": 0.0, "0.030": 0.0})
        for n, um, se in ((1.2, 0.0, 0.0), (2.8, shift_um, 0.5))
    ]
    return SeriesResult(
        chart="lensdb-a4",
        lens=lens,
        body="Body",
        focal_length_mm=50.0,
        pixel_pitch_um=6.0,
        pose=Pose(45.0, s_mm, 50 / (s_mm - 50), 0.0, 0.1, 12),
        reference_f_number=1.2,
        static_offset_mm=0.0,
        static_offset_se_mm=0.1,
        photos=(),
        focus_shift=tuple(rows),
        analysis_version=version,
    )


@pytest.fixture
def saved(tmp_path):
    def save(name, of):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(of.to_json()))
        return path

    return save


def told(*arguments):
    done = run(*arguments, "--json", "-")
    assert done.exit_code == ExitCode.DONE, done.output
    return json.loads(done.stdout)["lenses"]


def test_three_copies_that_agree_make_a_design(saved):
    [lens] = told(*(saved(f"copy{i}", result(um)) for i, um in enumerate((18.0, 20.0, 22.0))))
    assert lens["lens"] == "EF50mm f/1.2L USM"
    assert lens["told"]["kind"] == "design"
    assert lens["told"]["n_copies"] == 3
    assert lens["told"]["mean_um"] == pytest.approx(20.0, abs=0.01)
    assert {copy["label"] for copy in lens["told"]["copies"]} == {"copy0", "copy1", "copy2"}


def test_series_of_one_copy_are_one_copy(saved):
    [lens] = told(f"mine={saved('a', result(18.0))}", f"mine={saved('b', result(20.0))}")
    assert (lens["told"]["n_copies"], lens["told"]["n_series"]) == (1, 2)
    assert lens["told"]["kind"] == "undecided"


def test_lenses_are_told_apart_unless_they_are_one(saved):
    paths = [saved("a", result(18.0)), saved("b", result(20.0, lens="Another name for it"))]
    assert len(told(*paths)) == 2
    [lens] = told(*paths, "--one-lens")
    assert lens["told"]["n_copies"] == 2


def test_a_series_from_another_f_number_is_left_off_and_said(saved):
    narrow = replace(result(20.0), reference_f_number=2.0)
    done = run(saved("a", result(18.0)), saved("b", narrow))
    assert done.exit_code == ExitCode.DONE
    assert "f/2" in done.stdout.splitlines()[-1]


def test_results_of_different_versions_are_not_mixed_in_silence(saved):
    done = run(saved("a", result(18.0)), saved("b", result(20.0, version="2020.1")))
    assert "different versions" in done.stdout


def test_text_for_people(saved):
    done = run(*(saved(f"copy{i}", result(um)) for i, um in enumerate((18.0, 20.0, 22.0))))
    assert "Verdict at f/2.8: design. 3 copies shift by +20.0 µm on average" in done.stdout
    assert "Batch and copy cannot be separated" in done.stdout


def test_a_folder_of_photos_is_measured(tmp_path, saved):
    folder = tmp_path / "evening"
    folder.mkdir()
    for name, data in series().photos.items():
        (folder / name).write_bytes(data)
    [lens] = told(folder, saved("other", result(18.0)))
    assert {copy["label"] for copy in lens["told"]["copies"]} == {"evening", "other"}


def test_what_cannot_be_used_is_named_and_the_rest_compared(saved, tmp_path):
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "alien.json").write_text('{"a": 1}')
    (tmp_path / "half.json").write_text('{"shifts": []}')
    bad = [tmp_path / name for name in ("broken.json", "alien.json", "half.json", "missing")]
    done = run(saved("good", result(18.0)), *bad)
    assert done.exit_code == ExitCode.IN_PART
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [str(path) for path in bad]
    assert run(*bad).exit_code == ExitCode.NOTHING_USABLE


def test_an_export_of_the_site_stands_beside_ones_own_series(tmp_path, saved):
    row = {
        "series": 1,
        "owner": "photographer-1",
        "body": "Body",
        "batch": "",
        "s_mm": 500.0,
        "focal_length_mm": 50.0,
        "reference_f_number": 1.2,
        "simulated": True,
    }
    export = {
        "lens": {
            "slug": "fifty",
            "name": "Canon EF 50mm f/1.2L USM",
            "optics": {"widest_f_number": 1.2, "focal_length_mm": 50.0, "crop_factor": 1.0},
        },
        "analysis_version": ANALYSIS_VERSION,
        "copies": [{"id": "copy-1", "label": "Copy A", "after_service": 0}],
        "shifts": [
            {**row, "copy": "copy-1", "f_number": f_number, "shift_um": um, "se_um": se}
            for f_number, um, se in ((1.2, 0.0, 0.0), (2.8, 20.0, 0.5))
        ],
    }
    path = tmp_path / "export.json"
    path.write_text(json.dumps(export))
    [lens] = told(path, f"mine={saved('own', result(18.0))}", "--one-lens")
    assert lens["lens"] == "Canon EF 50mm f/1.2L USM"
    assert {copy["label"]: copy["um"] for copy in lens["told"]["copies"]} == {
        "Copy A": pytest.approx(20.0),
        "mine": pytest.approx(18.0),
    }
