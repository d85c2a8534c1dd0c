"""What nobody refers to goes, and nothing else: said first, removed on demand."""

import io
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone

from lensdb.accounts.actions import create_token
from lensdb.accounts.models import ApiToken
from lensdb.audit.models import Event
from lensdb.limits.actions import take
from lensdb.limits.models import Counter
from lensdb.processing.sweeping import sweep
from lensdb.submissions import actions, drafts
from lensdb.submissions.files import delete_unreferenced
from lensdb.submissions.models import LensCopy, Photo, Series, Specimen
from tests.factories.accounts import UserFactory
from tests.factories.files import photo_file
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import LensCopyFactory, SeriesFactory, SpecimenFactory, SubmittedSeriesFactory
from tests.lensdb.at_once import start, wait_until_somebody_waits

LONG_AGO = timedelta(days=15)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Folders of their own: what other tests left is not swept here."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    found = {name: (storages[name], storages[name]._location) for name in ("originals", "derived")}
    for name, (storage, _) in found.items():
        _point(storage, tmp_path / name)
    yield
    for storage, location in found.values():
        _point(storage, location)


def _point(storage: Any, location: Any) -> None:
    storage._location = str(location)
    for cached in ("base_location", "location"):
        storage.__dict__.pop(cached, None)


def send(series: Series, seed: int) -> Photo:
    return actions.add_photo(by=series.owner, series=series, file=photo_file(seed=seed), file_name=f"{seed}.JPG").photo


def path_of(photo: Photo) -> Path:
    return Path(storages["originals"].path(photo.storage_name))


def grow_old(path: Path) -> None:
    then = time.time() - 2 * 24 * 3600
    os.utime(path, (then, then))


def age(series: Series) -> None:
    then = timezone.now() - LONG_AGO
    Series.objects.filter(pk=series.pk).update(created_at=then)
    series.photos.update(created_at=then)
    LensCopy.objects.filter(pk=series.lens_copy_id).update(created_at=then)


def told(**options: Any) -> str:
    out = io.StringIO()
    call_command("sweep", stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_a_dry_run_says_what_would_go_and_removes_nothing() -> None:
    draft = SeriesFactory()
    photo = send(draft, 1)
    removed = path_of(send(draft, 2))
    actions.remove_photo(by=draft.owner, photo=draft.photos.last())
    grow_old(removed)
    size = removed.stat().st_size
    assert f"photos' files without a row: 1 ({size} bytes)" in told()
    assert removed.exists()
    report = told(delete=True)
    assert f"Removed: 1 things, {size} bytes. Missing files: 0." in report
    assert not removed.exists()
    assert path_of(photo).exists()


@pytest.mark.django_db
def test_discarded_series_leave_no_bytes() -> None:
    """Whoever sends and discards, sends and discards, fills no disk."""
    owner, paths = UserFactory(), []
    for round_number in range(3):
        draft = SeriesFactory(owner=owner)
        paths += [path_of(send(draft, 10 * round_number + seed)) for seed in range(3)]
        actions.discard(by=owner, series=draft)
    told(delete=True)
    assert all(path.exists() for path in paths)  # young files may belong to a row that is still to be written
    for path in paths:
        grow_old(path)
    told(delete=True)
    assert not any(path.exists() for path in paths)


@pytest.mark.django_db
def test_drafts_expire_with_their_files_copies_and_specimens() -> None:
    old, young, submitted = SeriesFactory(), SeriesFactory(), SubmittedSeriesFactory(f_numbers=[])
    path = path_of(send(old, 1))
    for series in (old, young, submitted):
        age(series)
    send(young, 2)
    assert drafts.expires_at(submitted) is None
    assert drafts.expires_at(old) < timezone.now() < drafts.expires_at(young)
    grow_old(path)
    told(delete=True)
    assert set(Series.objects.all()) == {young, submitted}
    assert set(LensCopy.objects.all()) == {young.lens_copy, submitted.lens_copy}
    assert Specimen.objects.count() == 2
    assert not path.exists()
    events = Event.objects.order_by("id").values_list("kind", "actor", "target_public_id")
    assert list(events) == [
        ("series.expire", "command:sweep", old.public_id),
        ("copy.expire", "command:sweep", old.lens_copy.public_id),
    ]


@pytest.mark.django_db
def test_a_draft_that_got_a_photo_meanwhile_stays() -> None:
    draft = SeriesFactory()
    age(draft)
    [found] = drafts.expired()
    send(draft, 1)
    assert not drafts.discard_expired(found)
    assert Series.objects.exists()


@pytest.mark.django_db
def test_specimens_that_anything_refers_to_stay() -> None:
    copy = LensCopyFactory()
    merged = SpecimenFactory(lens_model=copy.lens_model, merged_into=copy.specimen)
    entered = LensCopyFactory(lens_model=copy.lens_model, specimen=copy.specimen, entered_as=merged)
    loose = SpecimenFactory()
    sweep(delete=True)
    assert set(Specimen.objects.all()) == {copy.specimen, entered.entered_as}
    assert not Specimen.objects.filter(pk=loose.pk).exists()


@pytest.mark.django_db
def test_derived_pictures_and_what_interrupted_writers_left() -> None:
    kept, loose = "ab" * 32, "cd" * 32
    folder = Path(storages["derived"].path(""))
    for digest in (kept, loose):
        grow_old(folder / storages["derived"].save(f"{digest[:2]}/{digest}.jpg", ContentFile(b"picture")))
    leftovers = [folder / "ab" / f".{kept}.01234567", Path(storages["originals"].path("ab/.tmpxyz.part"))]
    for path in leftovers:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
        grow_old(path)
    SeriesMeasurementFactory(series=SubmittedSeriesFactory(f_numbers=[]), pictures={"reel.jpg": kept})
    assert "derived pictures without a measurement: 1 (7 bytes)" in told()
    sweep(delete=True)
    assert sorted(path.name for path in folder.rglob("*.jpg")) == [f"{kept}.jpg"]
    assert not any(path.exists() for path in leftovers)


@pytest.mark.django_db
def test_what_has_expired_goes_and_what_has_not_stays() -> None:
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days))
    take("a", "old", limit=1, seconds=1)
    Counter.objects.update(until=timezone.now() - timedelta(seconds=1))
    take("a", "new", limit=1, seconds=60)
    user = UserFactory()
    old = create_token(by=user, name="old").token
    ApiToken.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(days=1))
    new = create_token(by=user, name="new").token
    report = told(delete=True)
    assert [kind in report for kind in ("sessions: 1", "counters: 1", "tokens: 1")] == [True] * 3
    assert (Session.objects.get().pk, Counter.objects.count(), ApiToken.objects.get()) == ("new", 1, new)


@pytest.mark.django_db
def test_missing_files_are_named() -> None:
    photo = send(SeriesFactory(), 1)
    path_of(photo).unlink()
    out = io.StringIO()
    with pytest.raises(CommandError, match="backup"):
        call_command("sweep", stdout=out, stderr=out)
    assert f"The file is missing: photo 1.JPG of series {photo.series.public_id}" in out.getvalue()


@pytest.mark.django_db
def test_files_of_an_erased_person_go_at_once_unless_somebody_else_has_them() -> None:
    mine, theirs = send(SeriesFactory(), 1), send(SeriesFactory(), 1)
    only_mine = send(mine.series, 2)
    digests = [mine.sha256, only_mine.sha256]
    size = path_of(only_mine).stat().st_size
    mine.series.delete()
    assert delete_unreferenced(digests) == size
    assert path_of(theirs).exists()
    assert not path_of(only_mine).exists()
    assert delete_unreferenced(digests) == 0


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_just_being_sent_again_is_not_swept_away(monkeypatch: Any) -> None:
    """The sweep waits for uploads that are under way, and looks again."""
    first, again = SeriesFactory(), SeriesFactory()
    photo = send(first, 1)
    actions.discard(by=first.owner, series=first)
    path, digest = path_of(photo), photo.sha256
    save = Photo.save
    sweeping = []

    def slow(row: Photo, **fields: Any) -> None:
        if not sweeping:
            sweeping.append(start(lambda: delete_unreferenced([digest])))
            wait_until_somebody_waits()
        save(row, **fields)

    monkeypatch.setattr(Photo, "save", slow)
    send(again, 1)
    sweeping[0].join(timeout=20)
    assert path.exists()
    assert Photo.objects.get().sha256 == digest
