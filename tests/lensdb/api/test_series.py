"""A series through the API: begun, filled, submitted, followed, read; and closed to everybody else."""

import errno
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from rest_framework.test import APIClient

from lensdb.accounts.models import User
from lensdb.lib.storage import ContentStorage
from lensdb.limits.models import Level, Quota
from lensdb.measurements.queries import shown_result
from lensdb.moderation import actions as moderation
from lensdb.processing.models import Job
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Photo, Series
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.catalog import CameraBodyFactory, LensModelFactory
from tests.factories.files import photo_bytes
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory, SeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db
SERIES = "/api/v1/series/"
Clients = Callable[[User], APIClient]


@pytest.fixture
def ada() -> User:
    return UserFactory()


def begin(client: APIClient, **fields: Any) -> Any:
    lens = fields.pop("lens", None) or LensModelFactory().slug
    wanted = {"lens": lens, "body": CameraBodyFactory().pk, "distance_m": 0.5, "new_copy": {"label": "mine"}} | fields
    return client.post(SERIES, wanted, format="json")


def send(client: APIClient, public_id: str, name: str = "IMG_1.JPG", **fields: Any) -> Any:
    given = {key: fields.pop(key) for key in ("f_number", "position") if key in fields}
    data = fields.pop("data", None)
    file = SimpleUploadedFile(name, photo_bytes(**fields) if data is None else data)
    return client.post(f"{SERIES}{public_id}/photos/", {"file": file, **given}, format="multipart")


def test_the_whole_way_of_a_series(as_user: Clients, ada: User) -> None:
    client = as_user(ada)
    begun = begin(client, new_copy={"label": "mine", "serial": "0012345"}, focusing_method="live_view").json()
    public_id = begun["public_id"]
    assert begun["url"] == f"/series/{public_id}/"
    assert client.get(f"{SERIES}{public_id}/status/").json()["state"] == "draft"
    for position, (seed, name) in enumerate([(1, "A.JPG"), (2, "B.JPG")]):
        sent = send(client, public_id, name, seed=seed, lens_serial="0012345")
        assert sent.status_code == 201
        assert (sent.json()["position"], sent.json()["serials"]["lens"]) == (position, "0012345")
        assert "0012345" not in str(sent.json()["facts"])
    submitted = client.post(f"{SERIES}{public_id}/submit/")
    assert submitted.status_code == 200
    assert submitted.json()["state"] == "queued"
    assert submitted.json()["position"] == 1
    assert Job.objects.get().series.public_id == public_id
    whole = client.get(f"{SERIES}{public_id}/").json()
    assert [photo["file_name"] for photo in whole["photos"]] == ["A.JPG", "B.JPG"]
    assert whole["copy"]["serial_tail"] == "345"
    assert whole["result"] is None
    assert "0012345" not in str(whole)


def test_one_begins_with_an_own_copy_of_that_lens(as_user: Clients, ada: User) -> None:
    mine, theirs = LensCopyFactory(owner=ada), LensCopyFactory()
    client = as_user(ada)
    assert begin(client, lens=mine.lens_model.slug, copy=mine.public_id, new_copy=None).status_code == 201
    for wrong, field in (
        ({"lens": mine.lens_model.slug, "copy": theirs.public_id, "new_copy": None}, "copy"),
        ({"copy": mine.public_id, "new_copy": None}, "copy"),
        ({"lens": mine.lens_model.slug, "copy": mine.public_id}, "new_copy"),
        ({"lens": "no-such-lens"}, "lens"),
        ({"distance_m": -1}, "distance_m"),
        ({"distance_m": "NaN"}, "distance_m"),
        ({"chart": "siemens"}, "chart"),
        ({"focusing_method": "guess"}, "focusing_method"),
    ):
        answer = begin(client, **wrong)
        assert answer.status_code == 400, wrong
        assert list(answer.json()["fields"]) == [field]


def test_beginning_twice_without_a_serial_uses_the_same_copy(as_user: Clients, ada: User) -> None:
    lens = LensModelFactory().slug
    for _ in range(2):
        assert begin(as_user(ada), lens=lens).status_code == 201
    assert LensCopy.objects.count() == 1


def test_the_same_file_again_is_no_second_photo(as_user: Clients, ada: User) -> None:
    client, draft = as_user(ada), SeriesFactory(owner=ada)
    assert [send(client, draft.public_id).status_code for _ in range(2)] == [201, 200]
    assert Photo.objects.count() == 1


def test_a_photo_sent_before_is_named(as_user: Clients, ada: User) -> None:
    client, earlier, draft = as_user(ada), SeriesFactory(owner=ada), SeriesFactory(owner=ada)
    digest = send(client, earlier.public_id, "OLD.JPG").json()["sha256"]
    known = f"/api/v1/known/?sha256={digest}&sha256={'0' * 64}"
    assert client.get(known).json() == []
    client.post(f"{SERIES}{earlier.public_id}/submit/")
    assert client.get(known).json() == [{"sha256": digest, "series": earlier.public_id, "file_name": "OLD.JPG"}]
    assert as_user(UserFactory()).get(known).json() == []
    answer = send(client, draft.public_id)
    assert answer.status_code == 409
    assert {key: answer.json()[key] for key in ("code", "series", "file_name")} == {
        "code": "duplicate",
        "series": earlier.public_id,
        "file_name": "OLD.JPG",
    }


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 400, "empty_file"),
        (b"<html></html>", 415, "not_a_photo"),
        (b"\xff\xd8\xff" + bytes(100), 415, "not_a_photo"),
    ],
)
def test_what_is_not_a_photo_is_refused(as_user: Clients, ada: User, data: bytes, status: int, code: str) -> None:
    answer = send(as_user(ada), SeriesFactory(owner=ada).public_id, data=data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["next_step"]


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(as_user: Clients, ada: User, settings) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    answer = send(as_user(ada), SeriesFactory(owner=ada).public_id, data=b"\xff\xd8\xff" + bytes(200_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert send(as_user(ada), SeriesFactory(owner=ada).public_id, data=bytes(1100)).status_code == 413


def test_a_browser_sends_photos_with_its_session(ada: User, settings) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"x-csrftoken": "a" * 32})
    browser.cookies["csrftoken"] = "a" * 32
    browser.force_login(ada)
    url = f"{SERIES}{SeriesFactory(owner=ada).public_id}/photos/"

    def answer_to(data: bytes) -> Any:
        return browser.post(url, {"file": SimpleUploadedFile("IMG_1.JPG", data)})

    assert answer_to(photo_bytes()).status_code == 201
    settings.PHOTO_MAX_BYTES = 1000
    assert answer_to(bytes(200_000)).json()["code"] == "file_too_large"
    browser.cookies["csrftoken"] = "b" * 32
    assert answer_to(photo_bytes(seed=2)).json()["code"] == "permission_denied"


def test_a_full_disk_is_told_and_leaves_no_row(as_user: Clients, ada: User, monkeypatch) -> None:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ContentStorage, "_save", no_space)
    answer = send(as_user(ada), SeriesFactory(owner=ada).public_id)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert not Photo.objects.exists()


def test_a_database_that_is_away_is_waited_for(as_user: Clients, ada: User, monkeypatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(ContentStorage, "_save", away)
    answer = send(as_user(ada), SeriesFactory(owner=ada).public_id)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_away")
    assert answer.headers["Retry-After"] == "5"


def test_the_f_number_may_be_typed(as_user: Clients, ada: User) -> None:
    client, draft = as_user(ada), SeriesFactory(owner=ada)
    assert send(client, draft.public_id, f_number="1.5").json()["f_number"] == 1.5
    answer = send(client, draft.public_id, seed=2, f_number="0.1")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["f_number"])


def test_photos_and_drafts_can_be_taken_back_until_submitting(as_user: Clients, ada: User) -> None:
    client, draft = as_user(ada), SeriesFactory(owner=ada, f_numbers=[1.2, 2.0])
    photo = draft.photos.first()
    assert client.delete(f"{SERIES}{draft.public_id}/photos/{photo.pk}/").status_code == 204
    submitted = SubmittedSeriesFactory(owner=ada)
    url = f"{SERIES}{submitted.public_id}/"
    assert client.delete(f"{url}photos/{submitted.photos.first().pk}/").json()["code"] == "not_a_draft"
    assert client.delete(url).status_code == 409
    assert client.delete(f"{SERIES}{draft.public_id}/").status_code == 204
    assert list(Series.objects.all()) == [submitted]


def test_submitting_needs_photos_and_happens_once(as_user: Clients, ada: User) -> None:
    client, empty, full = as_user(ada), SeriesFactory(owner=ada), SeriesFactory(owner=ada, f_numbers=[1.2])
    assert client.post(f"{SERIES}{empty.public_id}/submit/").json()["code"] == "no_photos"
    assert client.post(f"{SERIES}{full.public_id}/submit/").status_code == 200
    again = client.post(f"{SERIES}{full.public_id}/submit/")
    assert (again.status_code, again.json()["code"]) == (409, "already_submitted")
    assert Job.objects.count() == 1


def test_withdrawing_is_the_owners(as_user: Clients, ada: User) -> None:
    series = PublishedSeriesFactory(owner=ada)
    url = f"{SERIES}{series.public_id}/withdraw/"
    assert as_user(ModeratorFactory()).post(url).status_code == 404
    assert as_user(ada).post(url).json()["standing"] == Standing.WITHDRAWN


def test_the_status_is_sent_once_until_it_changes(as_user: Clients, ada: User) -> None:
    client, series = as_user(ada), SeriesFactory(owner=ada, f_numbers=[1.2])
    client.post(f"{SERIES}{series.public_id}/submit/")
    url = f"{SERIES}{series.public_id}/status/"
    first = client.get(url)
    assert 2 <= int(first["Retry-After"]) <= 30
    assert client.get(url, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    measurement = SeriesMeasurementFactory(series=series)
    Job.objects.update(state="done", finished_at="2026-01-01T00:00Z")
    moderation.accept(series=measurement.series, by=ModeratorFactory())
    changed = client.get(url, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (changed.status_code, changed.json()["state"], changed.json()["standing"]) == (200, "measured", "published")
    assert "Retry-After" not in changed


def test_a_failure_is_told_with_its_next_step(as_user: Clients, ada: User) -> None:
    client, series = as_user(ada), SeriesFactory(owner=ada, f_numbers=[1.2])
    client.post(f"{SERIES}{series.public_id}/submit/")
    Job.objects.update(
        state="failed", finished_at="2026-01-01T00:00Z", failure_code="no_chart",
        failure_sentence="No chart was found.", failure_next_step="Print the chart.",
    )  # fmt: skip
    assert client.get(f"{SERIES}{series.public_id}/status/").json()["failure"] == {
        "code": "no_chart",
        "sentence": "No chart was found.",
        "next_step": "Print the chart.",
    }


def test_the_result_is_what_was_measured(anonymous: APIClient, as_user: Clients, ada: User) -> None:
    measurement = SeriesMeasurementFactory(series=PublishedSeriesFactory(owner=ada, note="in my kitchen"))
    url = f"{SERIES}{measurement.series.public_id}/"
    answer = anonymous.get(f"{url}result/")
    assert answer.json() == shown_result(measurement, to=AnonymousUser())
    assert as_user(ada).get(f"{url}result/").json() == measurement.result
    assert anonymous.get(f"{url}result/", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    public = anonymous.get(url).json()
    assert public["result"] == answer.json()
    assert (public["copy"], public["note"]) == (None, "")
    assert as_user(ada).get(url).json()["note"] == "in my kitchen"
    unmeasured = PublishedSeriesFactory()
    assert anonymous.get(f"{SERIES}{unmeasured.public_id}/result/").json()["code"] == "not_measured"


@pytest.mark.parametrize("n_series", [1, 3])
def test_lists_cost_the_same_however_long(
    as_user: Clients, ada: User, n_series: int, django_assert_num_queries
) -> None:
    for _ in range(n_series):
        SubmittedSeriesFactory(owner=ada)
    client = as_user(ada)
    digests = "&".join(f"sha256={photo.sha256}" for photo in Photo.objects.all())
    for url, expected in (
        (SERIES, n_series),
        ("/api/v1/copies/", n_series),
        (f"/api/v1/known/?{digests}", 7 * n_series),
    ):
        with django_assert_num_queries(1):
            assert len(client.get(url).json()) == expected
    assert client.get(SERIES).json()[0]["n_photos"] == 7


@pytest.mark.parametrize("f_numbers", [[1.2], [1.2, 1.4, 2.0, 2.8]])
def test_a_series_costs_the_same_however_many_photos(
    as_user: Clients, ada: User, f_numbers: list[float], django_assert_num_queries
) -> None:
    series = SubmittedSeriesFactory(owner=ada, f_numbers=f_numbers)
    SeriesMeasurementFactory(series=series)
    with django_assert_num_queries(7):
        as_user(ada).get(f"{SERIES}{series.public_id}/")


def test_a_new_account_makes_so_many_drafts_and_is_told_what_to_do(as_user: Clients, ada: User) -> None:
    client, lens = as_user(ada), LensModelFactory().slug
    answers = [begin(client, lens=lens, distance_m=0.5 + number / 100) for number in range(30)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [409] * 20
    told = answers[-1].json()
    assert told["code"] == "too_many_drafts"
    assert "10 unfinished series" in told["detail"]
    assert "14 days after its last photo" in told["next_step"]
    expires = client.get(f"{SERIES}{answers[0].json()['public_id']}/").json()["expires_at"]
    assert expires > answers[0].json()["created_at"]


def test_who_has_sent_enough_today_is_told_when_to_come_back(as_user: Clients, ada: User) -> None:
    Quota.objects.filter(pk=Level.NEW).update(bytes_a_day=10)
    answer = send(as_user(ada), SeriesFactory(owner=ada).public_id)
    assert (answer.status_code, answer.json()["code"]) == (429, "sent_too_much")
    assert 1 <= int(answer["Retry-After"]) <= 24 * 3600
    assert not Photo.objects.exists()


def test_beginning_again_finds_the_same_draft(as_user: Clients, ada: User) -> None:
    client, fields = as_user(ada), {"lens": LensModelFactory().slug, "key": "5bd2f0ab-6b6c-4f4e-9a0c-0a9f6a1d9a51"}
    body = CameraBodyFactory().pk
    first = begin(client, **fields, body=body)
    send(client, first.json()["public_id"])
    again = begin(client, **fields, body=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["public_id"], again.json()["n_photos"]) == (first.json()["public_id"], 1)
    assert begin(client, **fields, body=body, note="another").json()["fields"].keys() == {"key"}


def test_photos_of_another_submitted_series_are_named(as_user: Clients, ada: User) -> None:
    client, drafts = as_user(ada), [SeriesFactory(owner=ada) for _ in range(2)]
    for draft in drafts:
        send(client, draft.public_id, "A.JPG", seed=1)
    codes = [client.post(f"{SERIES}{draft.public_id}/submit/") for draft in drafts]
    assert [answer.status_code for answer in codes] == [200, 409]
    told = codes[1].json()
    assert (told["code"], told["series"], told["file_names"]) == ("duplicate", drafts[0].public_id, ["A.JPG"])
