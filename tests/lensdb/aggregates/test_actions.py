"""Cells follow the rows: after any steps, by any number of writers at once, they equal a rebuild."""

from datetime import date

import pytest
from django.db import transaction

from lensdb.aggregates import actions, queries
from lensdb.aggregates.models import CopyCell, LensVerdict, ModelCell
from lensdb.catalog.models import LensModel
from lensdb.measurements.models import ShownVersion
from lensdb.moderation import actions as moderation
from lensdb.moderation.merging.actions import merge_copies
from lensdb.submissions.actions import mark_stale
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Series, Specimen, StaleCopy
from lensdb.submissions.services import record_service
from tests.benchmarks.copies_steps import Archive, take_steps, wrong_cells
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import LensCopyFactory, PhotoFactory, PublishedSeriesFactory
from tests.lensdb.at_once import in_thread, start, wait_until_somebody_waits

SHIFTS_UM = {1.2: 0.0, 2.0: 14.0, 2.8: 19.0}


def published(lens, *, add_um=0.0, **fields):
    """A measured and published series of a new copy."""
    series = PublishedSeriesFactory(lens_copy__lens_model=lens, f_numbers=[], **fields)
    shifts_um = {f_number: um + add_um * (f_number > 1.2) for f_number, um in SHIFTS_UM.items()}
    SeriesMeasurementFactory(series=series, result=series_result(shifts_um=shifts_um))
    return series


def drain():
    while actions.refresh_next():
        pass


def cells():
    return {(cell.band, float(cell.f_number)): cell for cell in ModelCell.objects.all()}


@pytest.mark.django_db
def test_a_published_series_becomes_cells_and_its_mark_is_used_up():
    lens = LensModelFactory()
    published(lens)
    done = actions.refresh_next()
    assert (done.lens, done.specimens, done.marks) == (lens, 1, 1)
    assert actions.refresh_next() is None
    assert not StaleCopy.objects.exists()
    assert sorted(cells()) == [("0.5", 1.2), ("0.5", 2.0), ("0.5", 2.8)]
    assert actions.differences(lens=lens) == []


@pytest.mark.django_db
def test_what_is_not_published_says_nothing():
    series = published(LensModelFactory())
    Series.objects.update(standing=Standing.HELD)
    drain()
    assert not CopyCell.objects.exists()
    moderator = ModeratorFactory()
    moderation.accept(series=series, by=moderator)
    drain()
    assert len(cells()) == 3
    moderation.reject(series=series, by=moderator, reason="other")
    drain()
    assert not CopyCell.objects.exists()
    assert not ModelCell.objects.exists()


@pytest.mark.django_db
def test_two_owners_of_one_lens_are_one_copy():
    lens = LensModelFactory()
    first = LensCopyFactory(lens_model=lens)
    second = LensCopyFactory(lens_model=lens, specimen=first.specimen)
    for copy in (first, second):
        published(lens, owner=copy.owner, lens_copy=copy)
    drain()
    assert {(cell.n_copies, cell.n_series) for cell in cells().values()} == {(1, 2)}


@pytest.mark.django_db
def test_only_the_shown_version_counts():
    series = published(LensModelFactory())
    SeriesMeasurementFactory(
        series=series, analysis_version="next", result=series_result(shifts_um={1.2: 0.0, 2.8: 99.0})
    )
    drain()
    assert cells()["0.5", 2.8].mean_um == 19.0


@pytest.mark.django_db
def test_a_verdict_bears_the_version_that_measured_it_and_turns_with_the_cells():
    lens = LensModelFactory()
    series = published(lens)
    SeriesMeasurementFactory(
        series=series, analysis_version="next", result=series_result(shifts_um={1.2: 0.0, 2.8: 99.0})
    )
    drain()
    before = queries.lens_verdict(lens)
    ShownVersion.objects.create(version="next")
    assert queries.lens_plot(lens)["analysis_version"] == before["analysis_version"] != "next"
    mark_stale(series=[series])
    drain()
    assert queries.lens_plot(lens)["analysis_version"] == "next"
    assert queries.lens_verdict(lens)["mean_um"] == pytest.approx(99.0)


@pytest.mark.django_db
def test_a_specimen_that_goes_to_another_lens_model_takes_its_cells_along():
    old, new = LensModelFactory(), LensModelFactory()
    moved, stays = published(old), published(old, add_um=3.0)
    drain()
    with transaction.atomic():
        LensCopy.objects.filter(pk=moved.lens_copy_id).update(lens_model=new)
        Specimen.objects.filter(pk=moved.lens_copy.specimen_id).update(lens_model=new)
        mark_stale(series=[moved])
    drain()
    assert [actions.differences(lens=lens) for lens in (old, new)] == [[], []]
    assert queries.lens_verdict(old)["mean_um"] == pytest.approx(22.0)
    assert queries.lens_verdict(new)["mean_um"] == pytest.approx(19.0)
    assert stays.lens_copy.lens_model == old


@pytest.mark.django_db
def test_a_lens_without_published_series_has_no_verdict():
    lens = LensModelFactory()
    series = published(lens)
    drain()
    assert queries.lens_verdict(lens)["n_series"] == 1
    moderation.reject(series=series, by=ModeratorFactory(), reason="other")
    drain()
    assert queries.lens_verdict(lens) is None
    assert not LensVerdict.objects.exists()


@pytest.mark.django_db
def test_a_lens_whose_series_cannot_be_compared_tells_why():
    lens = LensModelFactory()
    series = PublishedSeriesFactory(lens_copy__lens_model=lens, f_numbers=[])
    SeriesMeasurementFactory(series=series, result=series_result(shifts_um={2.0: 0.0, 2.8: 5.0}))
    drain()
    assert queries.lens_verdict(lens) is None
    [told] = queries.left_off(lens)
    assert (told["reason"], told["n_series"]) == ("reference", 1)
    assert actions.differences(lens=lens) == []


@pytest.mark.django_db
def test_a_serviced_copy_is_another_one_afterwards():
    lens = LensModelFactory()
    before = published(lens)
    copy = before.lens_copy
    after = published(lens, add_um=-15.0, owner=copy.owner, lens_copy=copy)
    for series, taken_at in ((before, "2026-03-01 20:00:00"), (after, "2026-05-01 20:00:00")):
        PhotoFactory(series=series, facts={"taken_at": taken_at})
    drain()
    assert {(cell.n_copies, cell.n_series) for cell in cells().values()} == {(1, 2)}
    record_service(by=copy.owner, lens_copy=copy, serviced_on=date(2026, 4, 2))
    drain()
    assert {(cell.n_copies, cell.n_series) for cell in cells().values()} == {(2, 2)}
    told = queries.lens_verdict(lens)
    assert [(one["label"], round(one["um"])) for one in told["copies"]] == [("Copy A after service", 4), ("Copy A", 19)]
    assert told["n_serviced"] == 1
    assert [one["label"] for one in queries.lens_plot(lens)["copies"]] == ["Copy A", "Copy A after service"]
    assert actions.differences(lens=lens) == []


@pytest.mark.django_db
def test_many_copies_of_one_owner_all_count_and_the_owners_are_told():
    lens, ada = LensModelFactory(), UserFactory()
    for number in range(3):
        published(lens, add_um=number, owner=ada)
    published(lens, add_um=1.0)
    drain()
    told = queries.lens_verdict(lens)
    assert (told["n_copies"], told["n_series"], told["n_owners"]) == (4, 4, 2)


@pytest.mark.django_db
def test_cells_that_stay_as_they_were_are_not_written():
    lens = LensModelFactory()
    series = published(lens)
    drain()
    before = {cell.pk: cell.updated_at for cell in ModelCell.objects.all()}
    mark_stale(series=[series])
    drain()
    assert {cell.pk: cell.updated_at for cell in ModelCell.objects.all()} == before


@pytest.mark.django_db
def test_a_check_names_what_is_wrong_and_a_rebuild_mends_it():
    lens = LensModelFactory()
    published(lens)
    drain()
    ModelCell.objects.filter(f_number="2.80").update(mean_um=1.0)
    CopyCell.objects.filter(f_number="2.00").delete()
    told = actions.differences(lens=lens)
    assert [line.split(":")[0] for line in told] == ["missing CopyCell", "changed ModelCell"]
    assert actions.rebuild(lens=lens) == 2
    assert actions.differences(lens=lens) == []


@pytest.mark.django_db(transaction=True)
def test_a_mark_inserted_while_a_refresh_runs_is_not_lost(monkeypatch):
    lens = LensModelFactory()
    first = published(lens)
    write = actions._write_together

    def write_while_another_series_arrives(*arguments):
        in_thread(lambda: published(lens, add_um=3.0))
        return write(*arguments)

    monkeypatch.setattr(actions, "_write_together", write_while_another_series_arrives)
    assert actions.refresh_next().marks == 1
    monkeypatch.undo()
    assert StaleCopy.objects.exclude(specimen=first.lens_copy.specimen_id).count() == 1
    assert actions.refresh_next().marks == 1
    assert cells()["0.5", 2.8].n_copies == 2
    assert actions.differences(lens=lens) == []


@pytest.mark.django_db(transaction=True)
def test_a_refresher_locks_before_it_reads():
    """What is committed while it waits for the lock is in what it writes."""
    lens = LensModelFactory()
    published(lens)
    with transaction.atomic():
        LensModel.objects.select_for_update(no_key=True).get(pk=lens.pk)
        rebuilding = start(lambda: actions.rebuild(lens=lens))
        wait_until_somebody_waits()
        in_thread(lambda: published(lens, add_um=3.0))
        assert rebuilding.is_alive()
    rebuilding.join(timeout=10)
    assert cells()["0.5", 2.8].n_copies == 2


@pytest.mark.django_db(transaction=True)
def test_a_lens_that_is_being_refreshed_is_left_to_that_refresher():
    busy, free = LensModelFactory(), LensModelFactory()
    published(busy)
    published(free)
    with transaction.atomic():
        LensModel.objects.select_for_update(no_key=True).get(pk=busy.pk)
        found = []
        in_thread(lambda: found.extend([actions.refresh_next(), actions.refresh_next()]))
    assert [done and done.lens for done in found] == [free, None]


@pytest.mark.django_db(transaction=True)
def test_cells_equal_a_rebuild_after_random_steps_by_four_writers_and_two_refreshers():
    """A hundred here; `tests.benchmarks.copies_cells` takes thousands."""
    archive = Archive(lenses=2, copies=4)
    assert take_steps(archive, writers=4, steps=100, seed=1) == []
    assert not StaleCopy.objects.exists()
    assert wrong_cells(archive) == []


@pytest.mark.django_db(transaction=True)
def test_a_decision_about_a_copy_that_is_being_merged_marks_the_specimen_it_comes_to():
    """Were the mark for the specimen it left, the one it came to would never hear of the decision."""
    archive = Archive(lenses=1, copies=2)
    drain()
    moved, series = archive.copies[1], archive.series[2]
    with transaction.atomic():
        merge_copies(one=archive.copies[0], other=moved, by=archive.moderator)
        deciding = start(lambda: moderation.reject(series=series, by=archive.moderator, reason="other"))
        wait_until_somebody_waits()
    deciding.join(timeout=10)
    assert StaleCopy.objects.order_by("id").last().specimen == archive.copies[0].specimen
    drain()
    assert wrong_cells(archive) == []
