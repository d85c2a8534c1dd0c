"""What an account may hold and send, whatever comes in at once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from lensdb.accounts.levels import level_of
from lensdb.accounts.models import User
from lensdb.limits.models import Counter, Level, Quota
from lensdb.processing.actions import submit_series
from lensdb.processing.models import Job
from lensdb.submissions import actions, quotas
from lensdb.submissions.models import LensCopy, Photo, Series
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.catalog import CameraBodyFactory, LensModelFactory
from tests.factories.files import photo_file
from tests.factories.submissions import LensCopyFactory, PhotoFactory, SeriesFactory, SubmittedSeriesFactory
from tests.lensdb.at_once import start

MIB = 2**20


def allow(level: Level = Level.NEW, **numbers: int) -> None:
    ample = {"drafts": 1000, "copies": 1000, "series_a_day": 1000, "bytes_a_day": 2**50, "bytes_kept": 2**50}
    Quota.objects.update_or_create(level=level, defaults=ample | numbers)


def at_once(n_times: int, work: Callable[[int], object]) -> list[object]:
    """Do it so often, all beginning together; what came of each, errors included."""
    gate, found = threading.Barrier(n_times), [None] * n_times

    def one(number: int) -> None:
        gate.wait()
        try:
            found[number] = work(number)
        except Exception as error:  # noqa: BLE001 - it is the outcome
            found[number] = error

    threads = [start(lambda number=number: one(number)) for number in range(n_times)]
    for thread in threads:
        thread.join(timeout=60)
    return found


def send(series: Series, seed: int = 1) -> actions.AddedPhoto:
    return actions.add_photo(by=series.owner, series=series, file=photo_file(seed=seed), file_name=f"IMG_{seed:04}.JPG")


@pytest.mark.django_db
def test_levels() -> None:
    people = [UserFactory(), UserFactory(trusted=True), ModeratorFactory(), UserFactory(is_superuser=True)]
    assert [level_of(one) for one in people] == [Level.NEW, Level.TRUSTED, Level.MODERATOR, Level.MODERATOR]


@pytest.mark.django_db
def test_a_quota_is_changed_in_the_admin_and_holds_at_once(client) -> None:
    copy = LensCopyFactory()
    begin = {"by": copy.owner, "lens_copy": copy, "body": CameraBodyFactory()}
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    page = "/admin/limits/quota/new/change/"
    numbers = {"drafts": 1, "copies": 5, "series_a_day": 5, "bytes_a_day": 5, "bytes_kept": 5}
    assert client.post(page, numbers).status_code == 302
    actions.begin_series(**begin, note="first")
    with pytest.raises(quotas.TooManyDraftsError, match="1 unfinished series"):
        actions.begin_series(**begin, note="second")
    assert not actions.begin_series(**begin, note="first").is_new


@pytest.mark.django_db
def test_copies_are_limited_and_those_there_are_found_again() -> None:
    allow(copies=2)
    ada, lens = UserFactory(), LensModelFactory()
    first = actions.add_copy(by=ada, lens_model=lens, serial="1234567")
    actions.add_copy(by=ada, lens_model=lens, label="other")
    assert actions.add_copy(by=ada, lens_model=lens, serial="1234567") == first
    with pytest.raises(quotas.TooManyCopiesError):
        actions.add_copy(by=ada, lens_model=lens, serial="7654321")
    actions.add_copy(by=UserFactory(), lens_model=lens, serial="7654321")


@pytest.mark.django_db
def test_series_a_day_and_when_there_is_room_again() -> None:
    allow(series_a_day=2)
    ada = UserFactory()
    for hours in (23, 1):
        SubmittedSeriesFactory(owner=ada, f_numbers=[], submitted_at=timezone.now() - timedelta(hours=hours))
    draft = SeriesFactory(owner=ada, f_numbers=[1.2])
    with pytest.raises(quotas.TooManySeriesError, match="2 series within 24 hours") as raised:
        submit_series(series=draft, by=ada)
    assert raised.value.retry_after_s == pytest.approx(3600, abs=5)
    assert "You can go on in 60 minutes." in str(raised.value)
    ada.series.filter(submitted_at__isnull=False).order_by("submitted_at").first().delete()
    submit_series(series=draft, by=ada)


@pytest.mark.django_db
def test_bytes_are_counted_as_sent_and_as_kept_and_a_refused_file_is_not_stored() -> None:
    draft = SeriesFactory()
    size = send(draft).photo.size_bytes
    allow(bytes_kept=2 * size + 100, bytes_a_day=3 * size + 100)
    second = send(draft, 2).photo
    with pytest.raises(quotas.KeepsTooMuchError):
        send(draft, 3)
    actions.remove_photo(by=draft.owner, photo=second)
    third = send(draft, 3).photo
    actions.remove_photo(by=draft.owner, photo=third)
    with pytest.raises(quotas.SentTooMuchError) as raised:
        send(draft, 4)
    assert raised.value.retry_after_s == pytest.approx(24 * 3600, abs=60)
    assert not storages["originals"].exists(_name_of(4))
    assert not send(draft, 1).is_new  # what is there already costs nothing
    Counter.objects.update(until=timezone.now())
    send(draft, 4)


def _name_of(seed: int) -> str:
    from lensdb.submissions.intake import inspect  # noqa: PLC0415 - of this helper only

    digest = inspect(photo_file(seed=seed)).sha256
    return f"{digest[:2]}/{digest}"


@pytest.mark.django_db
def test_three_drafts_with_the_same_files_give_one_series() -> None:
    ada = UserFactory(trusted=True)
    drafts = [SeriesFactory(owner=ada) for _ in range(3)]
    for draft in drafts:
        for seed in (1, 2, 3):
            send(draft, seed)
    submit_series(series=drafts[0], by=ada)
    for draft in drafts[1:]:
        with pytest.raises(actions.DuplicatePhotoError) as raised:
            submit_series(series=draft, by=ada)
        assert (
            f"IMG_0001.JPG, IMG_0002.JPG, IMG_0003.JPG; the first as IMG_0001.JPG in series {drafts[0].public_id}"
            in str(raised.value)
        )
    assert Job.objects.count() == 1
    actions.withdraw(by=ada, series=drafts[0])
    submit_series(series=drafts[1], by=ada)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_three_drafts_with_the_same_files_are_submitted(self) -> None:
        ada = UserFactory()
        drafts = [SeriesFactory(owner=ada) for _ in range(6)]
        for draft in drafts:
            PhotoFactory(series=draft, sha256="ab" * 32)
        found = at_once(6, lambda number: submit_series(series=drafts[number], by=ada))
        assert sorted(type(one).__name__ for one in found) == ["DuplicatePhotoError"] * 5 + ["Job"]

    @pytest.mark.parametrize("serial", ["", "1234567"])
    def test_a_series_is_begun(self, serial: str) -> None:
        ada, lens, body = UserFactory(), LensModelFactory(), CameraBodyFactory()

        def begin(_: int) -> bool:
            copy = actions.add_copy(by=User.objects.get(pk=ada.pk), lens_model=lens, label="mine", serial=serial)
            return actions.begin_series(by=ada, lens_copy=copy, body=body, distance_m=0.5).is_new

        found = at_once(20, begin)
        assert sorted(found) == [False] * 19 + [True]
        assert (LensCopy.objects.count(), Series.objects.count()) == (1, 1)

    def test_drafts_and_copies_beyond_the_quota(self) -> None:
        allow(drafts=3, copies=4)
        ada, lens, body = UserFactory(), LensModelFactory(), CameraBodyFactory()

        def begin(number: int) -> None:
            copy = actions.add_copy(by=ada, lens_model=lens, label=f"{number}")
            actions.begin_series(by=ada, lens_copy=copy, body=body)

        found = at_once(20, begin)
        names = sorted(type(one).__name__ for one in found)
        assert names == ["NoneType"] * 3 + ["TooManyCopiesError"] * 16 + ["TooManyDraftsError"]
        assert (LensCopy.objects.count(), Series.objects.count()) == (4, 3)

    def test_photos_beyond_the_quota(self) -> None:
        draft = SeriesFactory()
        size = send(draft, 1000).photo.size_bytes
        before = set(files_kept())
        allow(bytes_kept=4 * size + size // 2)
        found = at_once(12, lambda number: send(Series.objects.get(), number + 1001))
        assert sum(isinstance(one, quotas.KeepsTooMuchError) for one in found) == 9
        assert Photo.objects.count() == 4
        assert len(set(files_kept()) - before) == 3


def files_kept() -> list[str]:
    storage = storages["originals"]
    folders, _ = storage.listdir("")
    return [name for folder in folders for name in storage.listdir(folder)[1]]
