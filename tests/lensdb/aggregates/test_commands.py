import signal
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from lensdb.aggregates.checking import Nightly
from lensdb.aggregates.management.commands.refresh_cells import turn
from lensdb.aggregates.models import CellCheck, ModelCell
from lensdb.aggregates.queries import last_check
from lensdb.submissions.models import StaleCopy
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import PublishedSeriesFactory
from tests.processes import manage


@pytest.mark.django_db
def test_refreshing_once_ends_when_there_is_nothing_left(monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # the test's own handlers stay
    SeriesMeasurementFactory(series=PublishedSeriesFactory())
    call_command("refresh_cells", "--once")
    assert not StaleCopy.objects.exists()
    assert ModelCell.objects.count() == 7


@pytest.mark.django_db
def test_checking_compares_and_rebuilding_mends(capsys, caplog):
    lens = SeriesMeasurementFactory(series=PublishedSeriesFactory()).series.lens_copy.lens_model
    StaleCopy.objects.all().delete()
    with pytest.raises(CommandError, match="15 cells are not what a rebuild would make them"):
        call_command("rebuild_cells", "--check")
    assert "cells differ" in caplog.text
    assert (last_check().lenses, last_check().differing) == (1, 15)
    call_command("rebuild_cells", "--lens", lens.slug)
    assert "1 lenses rebuilt, 15 cells changed." in capsys.readouterr().out
    call_command("rebuild_cells", "--check")
    assert "every cell equals a rebuild" in capsys.readouterr().out
    assert last_check().differing == 0


@pytest.mark.django_db
def test_a_lens_that_is_due_a_refresh_is_no_alarm(capsys):
    SeriesMeasurementFactory(series=PublishedSeriesFactory())
    call_command("rebuild_cells", "--check")
    assert "0 lenses compared, every cell equals a rebuild; 1 are being refreshed." in capsys.readouterr().out


@pytest.mark.django_db
def test_every_night_the_cells_are_compared_between_refreshes(caplog):
    for _ in range(2):
        SeriesMeasurementFactory(series=PublishedSeriesFactory())
    nightly = Nightly()
    while turn(nightly):
        pass
    assert (last_check().lenses, last_check().differing) == (2, 0)
    ModelCell.objects.filter(f_number="2.80").update(mean_um=1.0)
    assert not turn(nightly)
    CellCheck.objects.update(at=timezone.now() - timedelta(days=1))
    while turn(nightly):
        pass
    assert (last_check().lenses, last_check().differing) == (2, 2)
    assert "cells differ" in caplog.text


@pytest.mark.django_db
def test_a_lens_that_is_not_there_is_named():
    with pytest.raises(CommandError, match="no lens 'nobody'"):
        call_command("rebuild_cells", "--lens", "nobody")


@pytest.mark.django_db(transaction=True)
def test_the_running_command_follows_and_ends_on_sigterm():
    with manage("refresh_cells") as running:
        SeriesMeasurementFactory(series=PublishedSeriesFactory())
        deadline = time.monotonic() + 90
        while StaleCopy.objects.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert running.end() == 0
    assert ModelCell.objects.count() == 7
