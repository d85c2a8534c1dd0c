"""`lensdb simulate` from the outside."""

import json

import pytest
from click.testing import CliRunner

from lensdb.tool.cli import main
from lensdb.tool.exit_codes import ExitCode

SMALL = ["--width", "600", "--height", "400", "--pixel-pitch-um", "30", "--f-numbers", "1.2,4", "--quiet"]


def simulate(*arguments):
    return CliRunner().invoke(main, ["simulate", *map(str, arguments)])


def test_a_series_with_its_truth(tmp_path):
    result = simulate(tmp_path / "series", *SMALL)
    assert (result.exit_code, result.output) == (ExitCode.DONE, "")
    truth = json.loads((tmp_path / "series" / "truth.json").read_text())
    assert truth["lens"]["model"] == "Canon EF 50mm f/1.2L USM"
    assert truth["pupil_distance_mm"] == pytest.approx(500.0)
    assert [photo["f_number"] for photo in truth["photos"]] == [1.2, 4.0]


def test_progress_and_summary_go_to_standard_error(tmp_path):
    result = simulate(tmp_path, *SMALL[:-1])
    assert result.exit_code == ExitCode.DONE
    assert result.stdout == ""
    assert "2 photos of Canon EF 50mm f/1.2L USM (simulated)" in " ".join(result.stderr.split())


def test_options_reach_the_scene(tmp_path):
    options = ["--lens-preset", "zeiss-sonnar-50-1.5", "--distance-mm", 700, "--paper", "A3", "--seed", 7]
    options += ["--pan-deg", 1, "--focus-error-mm", 0.5, "--width", 600, "--height", 400, "--pixel-pitch-um", 30]
    result = simulate(tmp_path, *options, "--f-numbers", "1.5", "--quiet")
    assert result.exit_code == ExitCode.DONE
    scene = json.loads((tmp_path / "truth.json").read_text())["scene"]
    assert (scene["design"], scene["focus_distance_mm"], scene["pan_deg"]) == ("lensdb-a3", 700, 1)
    assert scene["focus_offset_mm"] == 0.5


def test_nuisances_are_drawn_from_their_seed_and_recorded(tmp_path):
    truths = []
    for name, options in (("one", ["--nuisances", 3]), ("again", ["--nuisances", 3]), ("none", [])):
        small = ["--width", 400, "--height", 260, "--pixel-pitch-um", 30, "--f-numbers", 8, "--quiet"]
        assert simulate(tmp_path / name, *small, *options).exit_code == ExitCode.DONE
        truths.append(json.loads((tmp_path / name / "truth.json").read_text()))
    one, again, none = truths
    assert one == again
    assert one["nuisances"]["iso"] == one["scene"]["iso"]
    assert none["nuisances"] is None


def test_copies_of_a_lens_differ(tmp_path):
    waves = []
    for copy in (0, 1, 2):
        simulate(tmp_path / str(copy), *SMALL, "--copy", copy)
        waves.append(json.loads((tmp_path / str(copy) / "truth.json").read_text())["lens"]["w040_waves"])
    assert len(set(waves)) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--f-numbers", "1.2,wide"], "not a list of f-numbers"),
        (["--f-numbers", "0.95,2"], "opens to f/1.2"),
        (["--distance-mm", "150"], "cannot focus at 150 mm"),
        (["--lens-preset", "holga"], "Invalid value"),
    ],
)
def test_wrong_usage_is_explained(tmp_path, arguments, message):
    result = simulate(tmp_path / "series", *arguments)
    assert result.exit_code == ExitCode.USAGE
    assert message in result.output


def test_other_photos_are_not_mixed_in(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"")
    result = simulate(tmp_path, *SMALL)
    assert result.exit_code == ExitCode.USAGE
    assert "holds photos already" in result.output


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    result = simulate(tmp_path / "file" / "series", *SMALL)
    assert result.exit_code == ExitCode.NOTHING_USABLE
    assert "Cannot write to" in result.output
