"""`lensdb status`: what has become of one's series."""

import json

from lensdb.accounts.models import User
from lensdb.processing.actions import submit_series
from lensdb.processing.models import Job
from lensdb.tool.exit_codes import ExitCode
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import PublishedSeriesFactory, SeriesFactory
from tests.lensdb.tool.conftest import Run


def test_the_newest_series_are_listed(ada: User, run: Run) -> None:
    assert run("status").stdout == "You have not sent a series yet.\n"
    series = SeriesFactory(owner=ada, f_numbers=[1.2, 2.0])
    submit_series(series=series, by=ada)
    PublishedSeriesFactory()
    told = run("status")
    assert told.exit_code == ExitCode.DONE
    row = told.stdout.splitlines()[1]
    assert row.startswith(series.public_id)
    assert "queued" in told.stdout
    [entry] = json.loads(run("status", "--json").stdout)
    assert (entry["public_id"], entry["n_photos"], entry["status"]["position"]) == (series.public_id, 2, 1)


def test_a_measured_series_is_shown_with_its_result(ada: User, run: Run) -> None:
    series = SeriesFactory(owner=ada, f_numbers=[1.2])
    submit_series(series=series, by=ada)
    SeriesMeasurementFactory(series=series)
    Job.objects.update(state="done", finished_at="2026-01-01T00:00Z")
    told = run("status", series.public_id)
    assert told.exit_code == ExitCode.DONE
    assert told.stdout.startswith("measured, waiting: http://localhost/series/")
    assert "EF50mm f/1.2L USM" in told.stdout
    assert json.loads(run("status", series.public_id, "--json").stdout)["result"]["series"]["chart"] == "lensdb-a4"


def test_a_failed_series_says_why_and_what_next(ada: User, run: Run) -> None:
    series = SeriesFactory(owner=ada, f_numbers=[1.2])
    submit_series(series=series, by=ada)
    Job.objects.update(
        state="failed", finished_at="2026-01-01T00:00Z", failure_code="no_chart",
        failure_sentence="No chart was found.", failure_next_step="Print the chart.",
    )  # fmt: skip
    told = run("status", series.public_id)
    assert told.exit_code == ExitCode.NOTHING_USABLE
    assert "No chart was found. Print the chart." in told.stdout


def test_a_series_that_is_not_there_is_a_slip(ada: User, run: Run) -> None:
    assert run("status", "nosuchseries").exit_code == ExitCode.USAGE
