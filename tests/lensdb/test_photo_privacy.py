"""What a camera and a photographer's folder tell is the owner's: nobody else reads it, on whatever door they knock."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from rest_framework.test import APIClient

from lensdb.accounts.models import User
from lensdb.submissions.models import Photo, Series
from lensdb.submissions.queries import shown_photos
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory

pytestmark = pytest.mark.django_db

CANARY = "CANARY"
DOORS = ("/series/{}/", "/api/v1/series/{}/", "/api/v1/series/{}/result/", "/api/v1/series/{}/status/")


@pytest.fixture
def series() -> Series:
    """A published series whose file names, times, software and digests can be told anywhere."""
    made = PublishedSeriesFactory()
    for photo in made.photos.all():
        photo.file_name = f"{CANARY} holiday {photo.position}.JPG"
        photo.sha256 = f"{CANARY}{photo.position:058}"
        photo.size_bytes = 987_654_321
        facts = {"make": "Canon", "exposure_s": 0.008, "iso": 100, "width_px": 6000}
        photo.facts = facts | {"taken_at": f"{CANARY} 2026-01-02", "software": f"{CANARY} Lightroom", "new": CANARY}
        photo.save()
    result = series_result()
    photos = zip(result.photos, made.photos.all(), strict=True)
    named = tuple(replace(measured, file=photo.file_name) for measured, photo in photos)
    SeriesMeasurementFactory(series=made, result=replace(result, photos=named))
    return made


def read(door: str, series: Series, user: User | None) -> str:
    client = Client()
    if user is not None:
        client.force_login(user)
    answer = client.get(door.format(series.public_id))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("who", ["stranger", "somebody"])
def test_others_read_neutral_names_and_nothing_of_the_files(series: Series, door: str, who: str) -> None:
    told = read(door, series, UserFactory() if who == "somebody" else None)
    assert CANARY not in told
    assert "987654321" not in told
    if "status" not in door:
        assert "photo 1" in told
        assert "photo 7" in told


@pytest.mark.parametrize("door", DOORS[:3])
@pytest.mark.parametrize("who", ["owner", "moderator"])
def test_the_owner_and_moderators_read_their_own_names(series: Series, door: str, who: str) -> None:
    assert f"{CANARY} holiday 0.JPG" in read(door, series, series.owner if who == "owner" else ModeratorFactory())


def test_what_the_camera_said_of_the_picture_stays_public(series: Series) -> None:
    told = json.loads(read("/api/v1/series/{}/", series, None))
    assert told["photos"][0]["facts"] == {"make": "Canon", "exposure_s": 0.008, "iso": 100, "width_px": 6000}
    assert {told["photos"][0][name] for name in ("sha256", "size_bytes")} == {None}
    assert [photo["file"] for photo in told["result"]["photos"]] == [f"photo {number}" for number in range(1, 8)]
    page = read("/series/{}/", series, None)
    assert "1/125 s · ISO 100" in page


def test_two_files_of_one_name_stay_two_photos(series: Series) -> None:
    Photo.objects.filter(series=series).update(file_name="same.JPG")
    measurement = series.measurements.get()
    for photo in measurement.result["photos"]:
        photo["file"] = "same.JPG"
    measurement.save()
    told = json.loads(read("/api/v1/series/{}/result/", series, None))
    assert [photo["file"] for photo in told["photos"]] == [f"photo {number}" for number in range(1, 8)]


def test_photos_are_numbered_by_place_from_one(series: Series) -> None:
    names = [photo.file_name for photo in shown_photos(series, to=AnonymousUser())]
    assert names == [f"photo {number}" for number in range(1, 8)]


def test_a_token_of_another_photographer_opens_no_more(series: Series) -> None:
    client = APIClient()
    client.force_authenticate(UserFactory())
    assert CANARY not in client.get(f"/api/v1/series/{series.public_id}/").content.decode()


def test_what_an_owner_calls_a_copy_is_not_in_its_name_in_the_admin() -> None:
    copy = LensCopyFactory(label=CANARY)
    client = Client()
    client.force_login(ModeratorFactory())
    for path in (f"/admin/submissions/lenscopy/{copy.pk}/change/", "/admin/submissions/lenscopy/"):
        assert CANARY not in client.get(path).content.decode()
    assert CANARY not in str(copy)
