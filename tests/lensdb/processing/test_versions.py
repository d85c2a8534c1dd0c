"""Old and new results side by side, measuring the archive again, and the one act that switches what pages show."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from analysis.flags import Quality
from analysis.results import ANALYSIS_VERSION
from lensdb.aggregates.actions import refresh_next
from lensdb.aggregates.models import ModelCell
from lensdb.audit.models import Event
from lensdb.measurements.models import SeriesMeasurement, ShownVersion
from lensdb.measurements.queries import left_out, shown_measurement, shown_version
from lensdb.moderation import actions as moderation
from lensdb.processing import actions, version_actions, version_queries
from lensdb.processing.enums import JobState, Priority
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import StaleCopy
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.processing import JobFactory, finish
from tests.factories.submissions import PublishedSeriesFactory, SeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db

OLD = "2020.1"
NEW = ANALYSIS_VERSION


def shift(um):
    return series_result(shifts_um={1.2: 0.0, 2.8: um})


def archive(lens, n=3):
    """Published series of a lens, measured by the old version: 10 µm each."""
    found = [PublishedSeriesFactory(lens_copy__lens_model=lens) for _ in range(n)]
    for series in found:
        SeriesMeasurementFactory(series=series, analysis_version=OLD, result=shift(10.0), cpu_seconds=36.0)
        JobFactory(series=series, analysis_version=OLD, state=JobState.DONE, finished_at=timezone.now())
    return found


def measure_next(um=20.0):
    (claim,) = actions.claim(by="host-1", limit=1)
    return finish(claim, shift(um))


def drain():
    while refresh_next():
        pass


def means():
    """What the lens page says of f/2.8, in µm."""
    drain()
    return list(ModelCell.objects.filter(f_number="2.80").values_list("n_copies", "mean_um"))


def call(*arguments, **options):
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_measuring_again_keeps_both_results_and_changes_no_page():
    lens = LensModelFactory()
    series, *_ = archive(lens)
    before = means()
    assert sum(version_actions.measure_again(version_queries.to_measure_again())) == 3
    for _ in range(3):
        assert measure_next()
    assert set(series.measurements.values_list("analysis_version", flat=True)) == {OLD, NEW}
    assert (shown_version(), shown_measurement(series).analysis_version) == (OLD, OLD)
    assert means() == before == [(3, pytest.approx(10.0))]


def test_what_is_queued_again_waits_behind_new_series_and_owners_take_turns():
    lens = LensModelFactory()
    first, second = UserFactory(), UserFactory()
    for owner, n in ((first, 3), (second, 2)):
        for _ in range(n):
            series = PublishedSeriesFactory(owner=owner, lens_copy__lens_model=lens)
            SeriesMeasurementFactory(series=series, analysis_version=OLD)
    list(version_actions.measure_again(version_queries.to_measure_again()))
    assert [len(actions.claim(by="host-1", limit=2)), Job.objects.filter(priority=Priority.NEW).count()] == [2, 0]
    new = actions.queue(series=SubmittedSeriesFactory())
    claims = actions.claim(by="host-1", limit=9)
    assert claims[0].job_id == new.pk
    served = list(
        Job.objects.filter(priority=Priority.REMEASURE).order_by("turn", "id").values_list("owner", flat=True)
    )
    assert served == [first.pk, second.pk, first.pk, second.pk, first.pk]


def test_what_needs_no_measuring_again_is_not_queued():
    lens = LensModelFactory()
    (old,) = archive(lens, 1)
    SeriesMeasurementFactory()  # measured by this version
    SeriesFactory()  # a draft
    withdrawn = SeriesMeasurementFactory(analysis_version=OLD).series
    moderation.withdraw(series=withdrawn, by=withdrawn.owner)
    waiting = JobFactory(analysis_version="2019.1").series
    failed = SubmittedSeriesFactory()
    JobFactory(
        series=failed, analysis_version=OLD, state=JobState.FAILED, failure_code="no_chart", finished_at=timezone.now()
    )
    assert list(version_queries.to_measure_again().order_by("pk")) == [old, failed]
    assert list(version_queries.to_measure_again(lens=lens)) == [old]
    assert list(version_queries.to_measure_again(version=OLD)) == [old]
    assert not version_queries.to_measure_again(version="2019.1").exists()
    assert waiting.jobs.count() == 1


def test_queueing_twice_queues_once(monkeypatch):
    monkeypatch.setattr(version_actions, "BATCH", 2)
    archive(LensModelFactory(), 5)
    everything = version_queries.to_measure_again()
    assert list(version_actions.measure_again(everything)) == [1] * 5  # five owners
    ids = list(Job.objects.filter(analysis_version=NEW).values_list("series_id", flat=True))
    owner = Job.objects.filter(analysis_version=NEW).first().owner
    assert version_actions.queue_many(owner_id=owner.pk, series_ids=ids, priority=Priority.REMEASURE) == 0
    assert Job.objects.filter(analysis_version=NEW).count() == 5


def test_the_estimate_comes_from_what_each_series_took():
    assert version_queries.estimate(version_queries.to_measure_again()) == version_queries.Estimate(0, None)
    archive(LensModelFactory(), 3)
    SubmittedSeriesFactory()  # never measured: as long as the others on average
    needed = version_queries.estimate(version_queries.to_measure_again())
    assert needed == version_queries.Estimate(4, pytest.approx(4 * 36 / 3600))


def test_the_switch_is_one_act_and_undone_by_one():
    lens = LensModelFactory()
    archive(lens)
    list(version_actions.measure_again(version_queries.to_measure_again()))
    for _ in range(3):
        measure_next(um=20.0)
    before = means()
    version_actions.show_version(version=NEW, by="command:test")
    assert StaleCopy.objects.count() == 3
    assert means() == [(3, pytest.approx(20.0))]
    event = Event.objects.get(kind="version.show")
    assert (event.before, event.after, event.actor) == ({"version": OLD}, {"version": NEW}, "command:test")
    version_actions.show_version_before(by="command:test")
    assert (shown_version(), means()) == (OLD, before)
    version_actions.show_version_before(by="command:test")
    assert (shown_version(), means()) == (NEW, [(3, pytest.approx(20.0))])


def test_a_page_never_mixes_versions_but_says_what_it_leaves_out():
    lens = LensModelFactory()
    again, *others = archive(lens)
    SeriesMeasurementFactory(series=again, analysis_version=NEW, result=shift(20.0))
    with pytest.raises(version_actions.VersionError, match="has not measured 2 of 3 published series"):
        version_actions.show_version(version=NEW, by="command:test")
    assert (shown_version(), StaleCopy.objects.filter(specimen=others[0].lens_copy.specimen).count()) == (OLD, 1)
    version_actions.show_version(version=NEW, by="command:test", incomplete=True)
    assert means() == [(1, pytest.approx(20.0))]
    assert set(left_out(lens)) == set(others)
    assert shown_measurement(others[0]).analysis_version == OLD  # its own page keeps its result, and names the version


def test_series_that_the_new_version_cannot_measure_do_not_hold_it_up():
    lens = LensModelFactory()
    good, bad = archive(lens, 2)
    SeriesMeasurementFactory(series=good, analysis_version=NEW)
    JobFactory(series=bad, state=JobState.FAILED, failure_code="no_peak", finished_at=timezone.now())
    assert version_queries.coverage(NEW) == version_queries.Coverage(NEW, published=2, measured=1, failed=1)
    version_actions.show_version(version=NEW, by="command:test")
    assert list(left_out(lens)) == [bad]


def test_versions_that_cannot_be_shown():
    archive(LensModelFactory(), 1)
    with pytest.raises(version_actions.VersionError, match="is what the pages show"):
        version_actions.show_version(version=OLD, by="command:test")
    with pytest.raises(version_actions.VersionError, match="Nothing has been measured by 1999"):
        version_actions.show_version(version="1999", by="command:test")
    with pytest.raises(version_actions.VersionError, match="No other version"):
        version_actions.show_version_before(by="command:test")
    assert ShownVersion.objects.count() == 1


def test_new_code_alone_never_changes_what_is_shown():
    SeriesMeasurementFactory(analysis_version=OLD)
    SeriesMeasurementFactory(analysis_version=NEW)
    assert shown_version() == OLD
    SeriesMeasurement.objects.filter(analysis_version=OLD).delete()
    assert shown_version() == OLD


def test_suspicions_of_a_version_not_shown_hold_a_series_but_do_not_publish_one():
    owner = UserFactory(trusted=True)
    series = SubmittedSeriesFactory(owner=owner)
    moderation.settle(measurement=SeriesMeasurementFactory(series=series, analysis_version=OLD))
    series.refresh_from_db()
    assert series.standing == Standing.PUBLISHED
    moved = series_result(flags=Quality.CAMERA_MOVED)
    moderation.settle(measurement=SeriesMeasurementFactory(series=series, analysis_version="2020.2", result=moved))
    moderation.settle(measurement=SeriesMeasurementFactory(series=series, analysis_version="2020.3", result=moved))
    moderation.settle(measurement=SeriesMeasurementFactory(series=series, analysis_version=NEW))
    series.refresh_from_db()
    assert (series.standing, series.decisions.count()) == (Standing.HELD, 2)
    moderation.accept(series=series, by=ModeratorFactory())
    assert series.standing == Standing.PUBLISHED


def test_a_new_series_of_a_trusted_owner_is_published_whatever_version_is_shown():
    SeriesMeasurementFactory(analysis_version=OLD)
    series = SubmittedSeriesFactory(owner=UserFactory(trusted=True))
    moderation.settle(measurement=SeriesMeasurementFactory(series=series, analysis_version=NEW))
    series.refresh_from_db()
    assert series.standing == Standing.PUBLISHED


def test_the_commands_tell_count_and_cost_then_queue_follow_and_show(capfd):
    lens = LensModelFactory()
    archive(lens)
    told = call("remeasure", "--all", "--dry-run")
    assert f"3 series to measure by {NEW}: 0.03 core-hours" in told
    assert not Job.objects.filter(analysis_version=NEW).exists()
    assert "3 series queued" in call("remeasure", f"--lens={lens.slug}")
    assert "0 series to measure" in call("remeasure", f"--version={OLD}")
    for _ in range(3):
        measure_next()
    assert "3 of 3 series measured again" in call("remeasure", "--watch")
    assert f"* {OLD}: 3 of 3" in call("show_version")
    assert f"The pages show {NEW}: 3 of 3" in call("show_version", NEW)
    assert Event.objects.get(kind="version.show").actor == "command:show_version"
    assert f"The pages show {OLD}" in call("show_version", "--undo")
    assert "3/3" in capfd.readouterr().err  # the progress bars


def test_the_commands_refuse_in_words():
    archive(LensModelFactory(), 1)
    for arguments, words in (
        (("remeasure", "--lens=none"), "There is no lens 'none'"),
        (("show_version", "1999"), "Nothing has been measured by 1999"),
        (("show_version", "1999", "--undo"), "not both"),
    ):
        with pytest.raises(CommandError, match=words):
            call(*arguments)
