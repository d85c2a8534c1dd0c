"""`lensdb measure` from the outside: text, JSON, exit codes."""

import json

import pytest
from click.testing import CliRunner

from lensdb.tool.cli import main
from lensdb.tool.exit_codes import ExitCode
from lensdb.tool.folder import name_order, shots_in
from tests.rendered import F_NUMBERS, series


@pytest.fixture
def folder(tmp_path):
    for name, data in series().photos.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "truth.json").write_text("{}")
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, ["measure", *map(str, arguments)], env={"COLUMNS": "200"})


def test_a_table_to_read(folder):
    done = run(folder)
    assert done.exit_code == ExitCode.DONE
    lines = done.stdout.splitlines()
    assert lines[0].startswith("EF50mm f/1.2L USM on LensDB Simulator: chart lensdb-a4, 501 mm from the lens")
    assert sum("IMG_" in line for line in lines) == 7
    assert any(line.startswith("At f/1.2 best focus lay") for line in lines)
    assert any("inside the depth of field from f/" in line for line in lines)


def test_json_follows_the_contract(folder, tmp_path):
    target = tmp_path / "result.json"
    assert run(folder, "--json", target, "--quiet").output == ""
    result = json.loads(target.read_text())
    assert set(result) >= {"analysis_version", "series", "photos", "focus_shift", "longitudinal_colour", "first_safe"}
    assert {"chart", "lens", "body", "pose", "reference_f_number", "static_offset_mm", "flags"} <= set(result["series"])
    assert result["photos"][0]["best_focus_mm"] == pytest.approx(0.0, abs=0.1)
    assert result["focus_shift"][0]["shift_over_half_dof"].keys() == {"0.006", "0.030"}


def test_colours_are_compared_unless_told_otherwise(folder, tmp_path):
    target = tmp_path / "result.json"
    run(folder, "--json", target, "--quiet")
    assert [row["f_number"] for row in json.loads(target.read_text())["longitudinal_colour"]] == list(F_NUMBERS)
    run(folder, "--json", target, "--quiet", "--no-colour")
    assert json.loads(target.read_text())["longitudinal_colour"] == []


def test_a_turned_series_must_be_turned(folder):
    done = run(folder, "--turned", folder, "--quiet", "--no-colour")
    assert done.exit_code == ExitCode.USAGE
    assert "The chart is not upside down in the second series" in done.stderr


def test_json_on_standard_output_is_nothing_but_json(folder):
    assert json.loads(run(folder, "--json", "-").stdout)["series"]["chart"] == "lensdb-a4"


def test_a_broken_photo_is_named_and_the_rest_measured(folder):
    broken = folder / "IMG_0003.JPG"
    broken.write_bytes(broken.read_bytes()[:9000])
    done = run(folder, "--quiet")
    assert done.exit_code == ExitCode.IN_PART
    assert done.stderr == "IMG_0003.JPG: The JPEG is damaged or cut short.\n"


def test_raw_counts_once_beside_its_jpeg_and_is_refused_alone(folder):
    (folder / "IMG_0001.CR3").write_bytes(b"raw")
    assert run(folder, "--quiet").exit_code == ExitCode.DONE
    (folder / "IMG_0099.NEF").write_bytes(b"raw")
    done = run(folder, "--quiet")
    assert done.exit_code == ExitCode.IN_PART
    assert done.stderr == "IMG_0099.NEF: RAW files are not read; save the shot as JPEG or TIFF.\n"


def test_f_numbers_are_given_in_the_order_of_names(folder):
    given = "1.2,1.4,2,2.8,4,8,16"
    assert run(folder, "--quiet", "--f-numbers", given).exit_code == ExitCode.DONE
    assert run(folder, "--f-numbers", "1.2,2").exit_code == ExitCode.USAGE
    assert run(folder, "--f-numbers", "wide").exit_code == ExitCode.USAGE


def test_nothing_usable(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"not a photo")
    done = run(tmp_path)
    assert done.exit_code == ExitCode.NOTHING_USABLE
    assert (
        done.stderr.splitlines()[0]
        == "a.jpg: The file is not a photo that can be read: a JPEG, a PNG, or a plain TIFF."
    )


def test_an_empty_or_missing_folder(tmp_path):
    assert run(tmp_path).exit_code == ExitCode.NOTHING_USABLE
    assert run(tmp_path / "gone").exit_code == ExitCode.USAGE


def test_a_report_is_one_html_file(folder, tmp_path):
    target = tmp_path / "report.html"
    assert run(folder, "--quiet", "--report", target).exit_code == ExitCode.DONE
    assert target.read_text().startswith("<!doctype html>")


def test_a_report_that_cannot_be_written(folder, tmp_path):
    done = run(folder, "--quiet", "--report", tmp_path / "no" / "where.html")
    assert done.exit_code == ExitCode.USAGE


def test_names_sort_like_people_count(tmp_path):
    for name in ("IMG_10.JPG", "IMG_9.JPG", "img_9.tif", ".hidden.jpg", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in shots_in(tmp_path).pictures] == ["IMG_9.JPG", "IMG_10.JPG"]
    assert name_order(tmp_path / "a2b10") < name_order(tmp_path / "a2b11")
