"""Showing another analysis version is one act: killed in the middle it has not happened, killed after it, it has."""

import signal

import pytest

from lensdb.audit.models import Event
from lensdb.measurements.queries import shown_version
from lensdb.submissions.models import StaleCopy
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import PublishedSeriesFactory
from tests.processes import manage


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("point", "has_happened"), [("shown-version.before", False), ("shown-version.after", True)])
def test_killed_at(point, has_happened, tmp_path):
    series = PublishedSeriesFactory()
    before = SeriesMeasurementFactory(series=series).analysis_version
    SeriesMeasurementFactory(series=series, analysis_version="next")
    StaleCopy.objects.all().delete()
    (tmp_path / point).touch()
    with manage("show_version", "next", environment={"LENSDB_FAULTS": str(tmp_path)}) as act:
        assert act.wait() == -signal.SIGKILL
    assert shown_version() == ("next" if has_happened else before)
    assert StaleCopy.objects.exists() is has_happened
    assert Event.objects.filter(kind="version.show").exists() is has_happened
