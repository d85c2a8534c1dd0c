"""`lensdb chart` from the outside."""

import json

import pytest
from click.testing import CliRunner

from analysis.charts.design import PAPERS, chart_design
from lensdb.tool.cli import main
from lensdb.tool.exit_codes import ExitCode


def chart(*arguments):
    return CliRunner().invoke(main, ["chart", *map(str, arguments)])


@pytest.mark.parametrize(
    ("file_format", "beginning"), [("pdf", b"%PDF-"), ("svg", b"<svg "), ("png", b"\x89PNG\r\n\x1a\n")]
)
def test_each_format_by_option_and_by_ending(tmp_path, file_format, beginning):
    by_option, by_ending = tmp_path / "chart", tmp_path / f"chart.{file_format}"
    assert chart("--format", file_format, "--dpi", 72, "--output", by_option).exit_code == ExitCode.DONE
    result = chart("--output", by_ending, "--dpi", 72)
    assert result.exit_code == ExitCode.DONE
    assert "print at 100 %" in result.stderr
    assert by_option.read_bytes() == by_ending.read_bytes()
    assert by_option.read_bytes().startswith(beginning)


@pytest.mark.parametrize("paper", PAPERS)
def test_description_is_the_geometry(paper):
    result = chart("--paper", paper, "--describe")
    assert result.exit_code == ExitCode.DONE
    said, design = json.loads(result.stdout), chart_design(paper)
    assert (said["design"], said["paper"], said["tilt_deg"], said["centre_line_v_mm"]) == (
        design.name,
        paper,
        45.0,
        0.0,
    )
    assert (said["width_mm"], said["height_mm"]) == (design.width_mm, design.height_mm)
    assert [(f["id"], f["u_mm"], f["v_mm"]) for f in said["fiducials"]] == [
        (d.id, d.u_mm, d.v_mm) for d in design.discs
    ]
    assert said["bars"]["corners_mm"] == [[list(corner) for corner in bar.corners_mm] for bar in design.bars]


def test_standard_output(tmp_path):
    result = chart("--format", "svg", "--output", "-")
    assert result.stdout_bytes.startswith(b"<svg ")
    assert result.stderr == ""


def test_a_place_that_cannot_be_written(tmp_path):
    result = chart("--output", tmp_path / "nowhere" / "chart.pdf")
    assert result.exit_code == ExitCode.NOTHING_USABLE
    assert "Cannot write" in result.output


def test_an_unknown_paper_is_wrong_usage():
    assert chart("--paper", "A7").exit_code == ExitCode.USAGE
