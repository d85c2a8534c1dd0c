"""Copies, drafts and photos: what an owner can do, and nobody else."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.core.management import call_command

from lensdb.audit.models import Event
from lensdb.moderation.merging.actions import part_copy
from lensdb.submissions import actions, queries, serials
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Photo, Series, Specimen, StaleCopy
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.catalog import CameraBodyFactory, LensModelFactory
from tests.factories.files import photo_bytes, photo_file
from tests.factories.submissions import LensCopyFactory, PhotoFactory, SeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db


def add(series: Series, **arguments: Any) -> actions.AddedPhoto:
    """A photo that the series' owner adds."""
    given = {name: arguments.pop(name) for name in ("by", "f_number", "position") if name in arguments}
    name = arguments.pop("name", "IMG_0001.JPG")
    fields = {"by": series.owner, "series": series, "file": photo_file(name, **_camera(arguments)), "file_name": name}
    return actions.add_photo(**(fields | given))


def _camera(arguments: dict[str, Any]) -> dict[str, Any]:
    """`camera_f_number` is what the file says, `f_number` what its owner types."""
    return {name.removeprefix("camera_"): value for name, value in arguments.items()}


class TestCopies:
    def test_the_same_serial_of_one_owner_is_one_copy(self) -> None:
        ada, lens = UserFactory(), LensModelFactory()
        first = actions.add_copy(by=ada, lens_model=lens, label="mine", serial="0012345")
        again = actions.add_copy(by=ada, lens_model=lens, label="other words", serial="12345")
        assert again == first
        assert serials.tail(first.serial_cipher) == "345"

    def test_the_same_serial_of_two_owners_is_one_specimen_and_two_copies(self) -> None:
        lens = LensModelFactory()
        ada = actions.add_copy(by=UserFactory(), lens_model=lens, serial="12345")
        bruno = actions.add_copy(by=UserFactory(), lens_model=lens, serial="12345")
        assert ada != bruno
        assert ada.public_id != bruno.public_id
        assert ada.specimen == bruno.specimen

    def test_the_same_serial_on_two_models_is_two_specimens(self) -> None:
        ada = UserFactory()
        copies = [actions.add_copy(by=ada, lens_model=LensModelFactory(), serial="12345") for _ in range(2)]
        assert copies[0].specimen != copies[1].specimen

    def test_without_a_serial_the_label_tells_copies_apart(self) -> None:
        ada, lens = UserFactory(), LensModelFactory()
        first = actions.add_copy(by=ada, lens_model=lens, label="Old one")
        assert actions.add_copy(by=ada, lens_model=lens, label="old one ") == first
        assert actions.add_copy(by=ada, lens_model=lens, label="new one") != first
        assert actions.add_copy(by=UserFactory(), lens_model=lens, label="Old one").specimen != first.specimen

    def test_no_table_holds_a_serial_in_clear(self) -> None:
        actions.add_copy(by=UserFactory(), lens_model=LensModelFactory(), serial="87654321")
        rows = [str(row) for model in (Specimen, LensCopy) for row in model.objects.values()]
        assert not any("87654321" in row for row in rows)

    def test_after_a_new_key_the_same_lens_is_still_the_same(self, settings: Any) -> None:
        lens = LensModelFactory()
        settings.SERIAL_KEYS = ["old"]
        first = actions.add_copy(by=UserFactory(), lens_model=lens, serial="12345")
        settings.SERIAL_KEYS = ["new", "old"]
        assert actions.add_copy(by=UserFactory(), lens_model=lens, serial="12345").specimen == first.specimen
        call_command("rotate_serials")
        settings.SERIAL_KEYS = ["new"]
        assert actions.add_copy(by=UserFactory(), lens_model=lens, serial="12345").specimen == first.specimen
        first.refresh_from_db()
        assert serials.unseal(first.serial_cipher) == "12345"


class TestSeries:
    def test_a_draft_is_made_with_an_own_copy_only(self) -> None:
        copy, body = LensCopyFactory(), CameraBodyFactory()
        series = actions.begin_series(
            by=copy.owner, lens_copy=copy, body=body, chart="lensdb-a4", distance_m=0.5
        ).series
        assert (series.submitted_at, series.standing) == (None, Standing.WAITING)
        with pytest.raises(actions.NotOwnerError):
            actions.begin_series(by=UserFactory(), lens_copy=copy, body=body)

    def test_an_unknown_chart_is_refused(self) -> None:
        copy = LensCopyFactory()
        with pytest.raises(actions.ImplausibleError) as raised:
            actions.begin_series(by=copy.owner, lens_copy=copy, body=CameraBodyFactory(), chart="siemens")
        assert raised.value.field == "chart"

    def test_withdrawing_hides_a_series_and_marks_it_stale(self) -> None:
        series = SubmittedSeriesFactory(standing=Standing.PUBLISHED)
        actions.withdraw(by=series.owner, series=series)
        assert Series.objects.get().standing == Standing.WITHDRAWN
        assert StaleCopy.objects.get().specimen_id == series.lens_copy.specimen_id

    def test_only_its_owner_withdraws_and_only_what_was_submitted(self) -> None:
        series = SubmittedSeriesFactory()
        with pytest.raises(actions.NotOwnerError):
            actions.withdraw(by=ModeratorFactory(), series=series)
        draft = SeriesFactory()
        with pytest.raises(actions.IsDraftError):
            actions.withdraw(by=draft.owner, series=draft)

    def test_only_drafts_are_discarded(self) -> None:
        draft, submitted = SeriesFactory(), SubmittedSeriesFactory()
        actions.discard(by=draft.owner, series=draft)
        with pytest.raises(actions.NotDraftError):
            actions.discard(by=submitted.owner, series=submitted)
        assert list(Series.objects.all()) == [submitted]


class TestPhotos:
    def test_a_photo_is_stored_by_its_digest_with_its_facts(self) -> None:
        added = add(SeriesFactory(), camera_f_number=2.8, lens_serial="12345", name="C:\\photos\\IMG_7.JPG")
        photo = Photo.objects.get()
        assert added.photo == photo
        assert (photo.file_name, photo.f_number, photo.position) == ("IMG_7.JPG", 2.8, 0)
        assert photo.facts["lens"] == "EF50mm f/1.2L USM"
        assert "12345" not in str(photo.facts)
        assert added.lens_serial == "12345"
        with storages["originals"].open(photo.storage_name) as file:
            assert file.read() == photo_bytes(f_number=2.8, lens_serial="12345")

    def test_the_same_bytes_again_change_nothing(self) -> None:
        series = SeriesFactory()
        assert add(series).is_new
        again = add(series)
        assert not again.is_new
        assert Photo.objects.count() == 1

    def test_the_f_number_that_is_typed_takes_the_cameras_place(self) -> None:
        series = SeriesFactory()
        assert add(series, camera_f_number=None, f_number=1.5).photo.f_number == 1.5
        assert add(series, seed=1, camera_f_number=1.4, f_number=1.5).photo.f_number == 1.5
        with pytest.raises(actions.ImplausibleError):
            add(series, seed=2, f_number=0.0)

    def test_photos_take_their_places_in_order_unless_told(self) -> None:
        series = SeriesFactory()
        assert [add(series, seed=seed).photo.position for seed in range(2)] == [0, 1]
        assert add(series, seed=2, position=7).photo.position == 7
        assert add(series, seed=3).photo.position == 8

    def test_what_the_owner_sent_before_is_named(self) -> None:
        earlier = SeriesFactory()
        add(earlier, name="OLD.JPG")
        Series.objects.update(submitted_at="2026-01-01T00:00Z")
        with pytest.raises(actions.DuplicatePhotoError, match=rf"OLD\.JPG in series {earlier.public_id}"):
            add(SeriesFactory(owner=earlier.owner))

    def test_a_draft_and_a_withdrawn_series_are_no_obstacle(self) -> None:
        draft = SeriesFactory()
        add(draft)
        withdrawn = SubmittedSeriesFactory(owner=draft.owner, standing=Standing.WITHDRAWN, f_numbers=[])
        PhotoFactory(series=withdrawn, sha256=Photo.objects.get().sha256)
        assert add(SeriesFactory(owner=draft.owner)).is_new

    def test_other_owners_files_are_never_told(self) -> None:
        theirs = SeriesFactory()
        add(theirs)
        Series.objects.update(submitted_at="2026-01-01T00:00Z")
        ours = SeriesFactory()
        assert add(ours).is_new
        suspicion = queries.sent_by_others(ours)
        assert [photo.series for photo in suspicion] == [theirs]

    def test_only_the_owner_changes_a_draft_and_nobody_a_submitted_series(self) -> None:
        draft = SeriesFactory()
        photo = add(draft).photo
        with pytest.raises(actions.NotOwnerError):
            add(draft, by=UserFactory(), seed=1)
        with pytest.raises(actions.NotOwnerError):
            actions.remove_photo(by=UserFactory(), photo=photo)
        actions.remove_photo(by=draft.owner, photo=photo)
        assert not Photo.objects.exists()
        with pytest.raises(actions.NotDraftError):
            add(SubmittedSeriesFactory())

    def test_a_series_is_full_at_its_limit(self, settings: Any) -> None:
        settings.SERIES_MAX_PHOTOS = 1
        series = SeriesFactory()
        add(series)
        with pytest.raises(actions.TooManyPhotosError):
            add(series, seed=1)

    def test_a_simulated_photo_marks_its_series(self) -> None:
        real, simulated = SeriesFactory(), SeriesFactory()
        add(real)
        add(simulated, make="LensDB", model="LensDB Simulator")
        assert set(Series.objects.values_list("pk", "is_simulated")) == {(real.pk, False), (simulated.pk, True)}


def test_who_sees_which_series() -> None:
    ada, moderator = UserFactory(), ModeratorFactory()
    draft, waiting = SeriesFactory(owner=ada), SubmittedSeriesFactory(owner=ada)
    published = SubmittedSeriesFactory(owner=ada, standing=Standing.PUBLISHED)
    seen = {
        who: set(queries.visible_to(user))
        for who, user in {"ada": ada, "other": UserFactory(), "moderator": moderator}.items()
    }
    assert seen == {"ada": {draft, waiting, published}, "other": {published}, "moderator": {waiting, published}}


class TestBeginningAgain:
    def test_without_a_key_an_empty_draft_that_says_the_same_is_the_same(self) -> None:
        copy = LensCopyFactory()
        said: dict[str, Any] = {"by": copy.owner, "lens_copy": copy, "body": CameraBodyFactory(), "distance_m": 0.5}
        first = actions.begin_series(**said)
        assert first.is_new
        again = actions.begin_series(**said)
        assert (again.series, again.is_new) == (first.series, False)
        assert actions.begin_series(**said | {"distance_m": 0.6}).is_new
        add(first.series)
        assert actions.begin_series(**said).is_new

    def test_a_key_tells_series_apart_and_finds_one_with_its_photos(self) -> None:
        copy = LensCopyFactory()
        said: dict[str, Any] = {"by": copy.owner, "lens_copy": copy, "body": CameraBodyFactory()}
        one, other = uuid4(), uuid4()
        first = actions.begin_series(**said, key=one).series
        add(first)
        assert actions.begin_series(**said, key=one).series == first
        assert actions.begin_series(**said, key=other).series != first
        with pytest.raises(actions.ImplausibleError, match="another series") as raised:
            actions.begin_series(**said, key=one, note="something else")
        assert raised.value.field == "key"
        theirs = LensCopyFactory()
        assert actions.begin_series(by=theirs.owner, lens_copy=theirs, body=said["body"], key=one).is_new


class TestJoining:
    def test_joining_by_serial_is_seen_by_moderators_alone(self, client: Any) -> None:
        lens = LensModelFactory()
        first = actions.add_copy(by=UserFactory(), lens_model=lens, serial="12345")
        assert not Event.objects.exists()
        second = actions.add_copy(by=UserFactory(), lens_model=lens, serial="12345")
        actions.add_copy(by=second.owner, lens_model=lens, serial="12345")
        [event] = Event.objects.all()
        assert (event.kind, event.actor, event.target_public_id) == (
            "copy.join",
            f"user:{second.owner_id}",
            second.public_id,
        )
        assert event.after == {"counted_with": [first.public_id]}
        client.force_login(ModeratorFactory())
        assert first.public_id in client.get(f"/admin/submissions/lenscopy/{second.pk}/change/").content.decode()

    def test_a_copy_that_was_counted_apart_is_found_again_and_not_joined_again(self) -> None:
        lens, moderator = LensModelFactory(), ModeratorFactory()
        actions.add_copy(by=UserFactory(), lens_model=lens, serial="12345")
        second = actions.add_copy(by=UserFactory(), lens_model=lens, serial="12345")
        part_copy(copy=second, by=moderator)
        assert actions.add_copy(by=second.owner, lens_model=lens, serial="12345") == second
        assert LensCopy.objects.filter(owner=second.owner).count() == 1

    def test_finding_a_copy_deciphers_none_of_the_others(self, monkeypatch: Any) -> None:
        ada, lens = UserFactory(), LensModelFactory()
        for number in range(5):
            actions.add_copy(by=ada, lens_model=lens, serial=f"12345{number}")
        monkeypatch.setattr(serials, "unseal", lambda _: pytest.fail("deciphered"))
        actions.add_copy(by=ada, lens_model=lens, serial="123453")
        actions.add_copy(by=ada, lens_model=lens, serial="999999")
