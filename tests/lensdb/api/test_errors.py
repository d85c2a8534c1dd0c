"""Bad input and troubles of the machine, in the API's one shape, and without a trace left behind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from lensdb.accounts.actions import create_token
from lensdb.accounts.models import User
from lensdb.submissions.models import LensCopy, Photo, Series
from tests.disks import disk
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.catalog import CameraBodyFactory, LensModelFactory
from tests.factories.files import photo_bytes
from tests.factories.submissions import LensCopyFactory, SeriesFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_counters")]
SHAPE = {"code", "detail", "next_step", "fields"}
DEEP = "[" * 100_000
NASTY = {
    "a NUL": '"\\u0000"',
    "half a surrogate pair": '"\\ud800"',
    "the other half": '"a\\udfffb"',
    "100,000 lists": DEEP,
    "100,000 objects": '{"a":' * 100_000,
    "100 lists": "[" * 100 + "]" * 100,
    "an integer beyond bigint": "99999999999999999999",
    "5,000 digits": "9" * 5000,
    "beyond a float": "1e999",
    "beyond a float, below zero": "-1e999",
    "400 digits": "9" * 400,
    "NaN": "NaN",
    "NaN as text": '"NaN"',
    "infinity": "Infinity",
    "infinity as text": '"-inf"',
    "a list": "[[]]",
    "an object": "{}",
    "true": "true",
    "nothing": "null",
    "a year of 99999": '"99999-12-31"',
}
FIELDS = {
    "tokens/": ["email", "password", "name"],
    "series/": [
        "lens",
        "copy",
        "new_copy",
        "body",
        "chart",
        "distance_m",
        "focusing_method",
        "af_micro_adjust",
        "note",
    ],
    "identify/": ["photos"],
}


def is_told(answer: Any, status: int = 400) -> bool:
    """Whether an answer is an error in the API's shape."""
    body = answer.json()
    return (
        answer.status_code == status
        and answer["Content-Type"] == "application/json"
        and {"code", "detail"} <= set(body) <= SHAPE
    )


@pytest.fixture(params=["anonymous", "owner", "moderator"])
def client(request: pytest.FixtureRequest, db: None) -> APIClient:
    client = APIClient(raise_request_exception=False)
    people = {"owner": UserFactory, "moderator": ModeratorFactory}
    if request.param in people:
        secret = create_token(by=people[request.param](), name="tool").secret
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def owner(db: None) -> User:
    return UserFactory()


@pytest.fixture
def draft(owner: User) -> Series:
    return SeriesFactory(owner=owner)


@pytest.fixture
def tool(owner: User) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {create_token(by=owner, name='tool').secret}")
    return client


@pytest.mark.parametrize("path", FIELDS)
def test_no_value_in_a_body_is_an_error_of_the_site(client: APIClient, path: str) -> None:
    usual = {"lens": LensModelFactory().slug, "body": CameraBodyFactory().pk, "email": "a@example.org", "password": "x"}
    for name in FIELDS[path]:
        others = json.dumps({key: value for key, value in usual.items() if key in FIELDS[path] and key != name})[1:-1]
        for what, value in NASTY.items():
            body = f'{{"{name}": {value}{", " if others else ""}{others}}}'
            answer = client.post(f"/api/v1/{path}", body, content_type="application/json")
            assert answer.status_code < 500, (name, what)
            assert answer.status_code in {201, 200} or is_told(answer, answer.status_code), (name, what)
            client.cookies.clear()


@pytest.mark.parametrize("body", [DEEP, "[" * 100 + "]" * 100, '{"a":' * 100_000, "\xff", '"\\ud800"', "{", "NaN", ""])
def test_a_body_that_cannot_be_read_is_told(client: APIClient, body: str) -> None:
    answer = client.post("/api/v1/tokens/", body.encode("latin-1"), content_type="application/json")
    assert is_told(answer)


@pytest.mark.parametrize("email", ["\\ud800", "\\u0000"])
def test_text_that_cannot_be_stored_names_its_field(email: str) -> None:
    answer = APIClient(raise_request_exception=False).post(
        "/api/v1/tokens/", f'{{"email": "{email}", "password": "x"}}', content_type="application/json"
    )
    assert is_told(answer)
    assert list(answer.json()["fields"]) == ["email"]


@pytest.mark.parametrize("distance_m", ["NaN", "inf", "1e999"])
def test_a_distance_that_is_no_number_is_not_stored(tool: APIClient, owner: User, distance_m: str) -> None:
    lens_copy = LensCopyFactory(owner=owner)
    body = {
        "lens": lens_copy.lens_model.slug,
        "copy": lens_copy.public_id,
        "body": CameraBodyFactory().pk,
        "distance_m": distance_m,
    }
    assert tool.post("/api/v1/series/", body, format="json").json()["fields"]["distance_m"]
    assert not Series.objects.exists()


def test_a_body_that_is_too_long_is_not_read(tool: APIClient) -> None:
    body = '{"note": "' + "a" * 1_100_000 + '"}'
    answer = tool.post("/api/v1/series/", body, content_type="application/json")
    assert is_told(answer, 413)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/", 404),
        ("GET", "/api/v1/", 404),
        ("GET", "/api/v1/nothing/", 404),
        ("GET", "/api/v2/lenses/", 404),
        ("GET", "/api/v1/lenses/no-such-lens/", 404),
        ("GET", "/api/v1/lenses/%00/", 400),
        ("GET", "/api/v1/lenses/?q=%00", 400),
        ("GET", "/api/v1/lenses/?" + "q=&" * 2000, 413),
        ("GET", "/api/v1/known/?sha256=%00", 400),
        ("PATCH", "/api/v1/lenses/", 405),
        ("POST", "/api/schema/", 405),
        ("POST", "/api/docs/", 405),
    ],
)
def test_whatever_goes_wrong_within_the_api_is_told_in_its_shape(method: str, path: str, status: int) -> None:
    client = APIClient(raise_request_exception=False)
    client.force_login(UserFactory())
    assert is_told(client.generic(method, path), status)
    answer = client.generic(method, path, headers={"Accept": "text/html"})
    assert answer.status_code in {status, 406}
    assert is_told(answer, answer.status_code)


def test_a_type_nobody_can_give_is_told(anonymous: APIClient) -> None:
    assert is_told(anonymous.get("/api/v1/lenses/", headers={"Accept": "text/html"}), 406)


def test_a_fault_in_the_code_is_told_in_the_shape_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr("lensdb.catalog.queries.lenses", broken)
    answer = APIClient(raise_request_exception=False).get("/api/v1/lenses/")
    assert is_told(answer, 500)
    assert "a fault" not in answer.content.decode()


def test_a_browser_without_its_csrf_token_is_told_in_the_shape() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(UserFactory())
    assert is_told(browser.post("/api/v1/identify/", {}, content_type="application/json"), 403)


Send = Callable[[], Any]


@pytest.fixture
def send(tool: APIClient, draft: Series) -> Send:
    def sent() -> Any:
        file = SimpleUploadedFile("IMG_1.JPG", photo_bytes() + bytes(3_000_000))
        return tool.post(f"/api/v1/series/{draft.public_id}/photos/", {"file": file}, format="multipart")

    return sent


@pytest.fixture
def originals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where photos are stored, in a folder of the test."""
    folder = tmp_path / "originals"
    storage = storages["originals"]
    monkeypatch.setattr(storage, "_location", folder)
    for name in ("base_location", "location"):
        monkeypatch.delitem(vars(storage), name, raising=False)
    yield folder
    for name in ("base_location", "location"):
        vars(storage).pop(name, None)


def test_a_full_disk_loses_nothing_but_the_file(originals: Path, send: Send) -> None:
    with disk(originals, size_bytes=1_000_000):
        answer = send()
        assert is_told(answer, 507)
        assert (answer.json()["code"], bool(answer.json()["next_step"])) == ("storage_full", True)
        assert not Photo.objects.exists()
        assert [path for path in originals.rglob("*") if path.is_file()] == []
    assert send().status_code == 201


def test_a_folder_that_cannot_be_written_to_loses_nothing_but_the_file(originals: Path, send: Send) -> None:
    with disk(originals, size_bytes=1_000_000, read_only=True):
        answer = send()
        assert is_told(answer, 503)
        assert (answer.json()["code"], bool(answer.json()["next_step"])) == ("storage_read_only", True)
        assert answer["Retry-After"]
        assert not Photo.objects.exists()
    assert send().status_code == 201


@pytest.mark.parametrize(("read_only", "status"), [(False, 507), (True, 503)])
def test_a_place_for_uploads_that_is_full_or_read_only_is_told(
    tmp_path: Path, send: Send, settings: Any, *, read_only: bool, status: int
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    with disk(tmp_path / "uploads", size_bytes=1_000_000, read_only=read_only):
        assert is_told(send(), status)
        assert not Photo.objects.exists()
    assert send().status_code == 201
    assert LensCopy.objects.count() == 1
