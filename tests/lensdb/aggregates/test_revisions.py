"""What a page shows is under a new version with the commit that changes it, and under no other."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.admin.sites import site

from lensdb.aggregates.actions import rebuild, refresh_next
from lensdb.aggregates.revisions import catalog_version, lens_version, series_version, site_version
from lensdb.catalog.actions import load
from lensdb.moderation import actions as moderation
from lensdb.moderation.merging import actions as merging
from lensdb.processing.version_actions import show_version
from lensdb.submissions.actions import mark_stale
from lensdb.submissions.models import StaleCopy
from lensdb.submissions.services import record_service
from tests.factories.accounts import ModeratorFactory
from tests.factories.catalog import CameraBodyFactory, LensModelFactory, MountFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory

pytestmark = pytest.mark.django_db


def published(lens):
    copy = LensCopyFactory(lens_model=lens)
    series = PublishedSeriesFactory(owner=copy.owner, lens_copy=copy)
    SeriesMeasurementFactory(series=series)
    return series


def drain():
    while refresh_next():
        pass


@pytest.fixture
def series():
    """A published series, its cells up to date."""
    made = published(LensModelFactory())
    drain()
    return made


def lens_of(series):
    return series.lens_copy.lens_model


def hold(series):
    return lambda: moderation.hold(series=series, by=ModeratorFactory(), reason="other")


def withdraw(series):
    return lambda: moderation.withdraw(series=series, by=series.owner)


def publish(series):
    other = published(lens_of(series))
    moderation.hold(series=other, by=ModeratorFactory(), reason="other")
    return lambda: moderation.accept(series=other, by=ModeratorFactory())


def measure_again(series):
    return lambda: SeriesMeasurementFactory(series=series, analysis_version="next")


def note_a_service(series):
    return lambda: record_service(by=series.owner, lens_copy=series.lens_copy, serviced_on=date(2026, 1, 31))


def merge_copies(series):
    other = published(lens_of(series))
    return lambda: merging.merge_copies(one=series.lens_copy, other=other.lens_copy, by=ModeratorFactory())


def merge_lenses(series):
    other = published(LensModelFactory())
    return lambda: merging.merge_lenses(merged=lens_of(other), kept=lens_of(series), by=ModeratorFactory())


def part_lenses(series):
    other, by = published(LensModelFactory()), ModeratorFactory()
    merged = lens_of(other)
    merging.merge_lenses(merged=merged, kept=lens_of(series), by=by)
    return lambda: merging.part_lens(merged=merged, by=by)


def switch_the_version(series):
    SeriesMeasurementFactory(series=series, analysis_version="next")
    return lambda: show_version(version="next", by="command:show_version")


def edit_the_lens(series):
    return lambda: saved_in_the_admin(lens_of(series))


def edit_a_body(series):
    return lambda: saved_in_the_admin(series.body)


def edit_a_mount(series):
    mount = MountFactory()
    return lambda: saved_in_the_admin(mount)


def delete_a_body(series):
    body = CameraBodyFactory()
    return lambda: site.get_model_admin(type(body)).delete_model(None, body)


def load_the_catalogue(series):
    return lambda: load(lenses=[], bodies=[], pixel_pitches_um={}, progress=print)


def rebuild_the_cells(series):
    return lambda: rebuild(lens=lens_of(series))


CHANGES = (
    hold, withdraw, publish, measure_again, note_a_service, merge_copies, merge_lenses, part_lenses,
    switch_the_version, edit_the_lens, edit_a_body, edit_a_mount, delete_a_body, load_the_catalogue, rebuild_the_cells,
)  # fmt: skip
"""Each prepares what it needs and gives the act itself."""


def saved_in_the_admin(row):
    """The last step of a form there."""
    form = SimpleNamespace(instance=row, save_m2m=row.save)
    site.get_model_admin(type(row)).save_related(None, form, [], change=True)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_makes_a_new_version_at_once_and_so_does_the_refresh_after_it(series, change):
    act = change(series)
    drain()
    slug = lens_of(series).slug
    seen = [(lens_version(slug), site_version())]
    act()
    seen.append((lens_version(slug), site_version()))
    if StaleCopy.objects.exists():
        drain()
        seen.append((lens_version(slug), site_version()))
    of_lens, of_site = zip(*seen, strict=True)
    assert len(set(of_lens)) == len(set(of_site)) == len(seen)


def test_where_nothing_changes_the_version_stays(series):
    slug = lens_of(series).slug
    before = lens_version(slug), site_version(), series_version(series.public_id), catalog_version()
    drain()
    published(LensModelFactory())  # of another lens
    after = lens_version(slug), site_version(), series_version(series.public_id), catalog_version()
    assert (before[0], *before[2:]) == (after[0], *after[2:])
    assert before[1] != after[1]


def test_no_version_comes_again():
    series = [published(LensModelFactory()) for _ in range(2)]
    drain()
    seen = {site_version()}
    for one in (*series, *reversed(series)):
        mark_stale(series=[one])
        seen.add(site_version())
        drain()
        seen.add(site_version())
    assert len(seen) == 9


def test_an_unknown_a_merged_and_a_hidden_thing_have_no_version(series):
    merged = LensModelFactory(merged_into=lens_of(series))
    assert lens_version("no-such-lens") is None
    assert lens_version(merged.slug) is None
    assert series_version(series.public_id) is not None
    moderation.hold(series=series, by=ModeratorFactory(), reason="other")
    assert series_version(series.public_id) is None


def test_a_series_is_new_when_it_was_measured_again_or_counts_for_another_lens(series):
    before = series_version(series.public_id)
    SeriesMeasurementFactory(series=series, analysis_version="next")
    measured = series_version(series.public_id)
    merging.merge_lenses(merged=lens_of(series), kept=LensModelFactory(), by=ModeratorFactory())
    assert len({before, measured, series_version(series.public_id)}) == 3
