"""Uploads leave nothing behind, however their request ends."""

import io
import os
import runpy
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from lensdb.lib import uploads

LARGE = bytes(3_000_000)
"""More than is kept in memory."""


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    return Path(settings.FILE_UPLOAD_TEMP_DIR)


def open_files_in(folder: Path) -> list[str]:
    """Files of a folder that this process holds, those without a name among them."""
    held = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = str(entry.readlink())
        except FileNotFoundError:
            continue
        if target.startswith(str(folder)):
            held.append(target)
    return held


def posted(data: bytes = LARGE) -> HttpRequest:
    return RequestFactory().post("/", {"file": SimpleUploadedFile("IMG_1.JPG", data)})


def test_an_upload_is_read_back_and_has_no_name_on_disk(folder: Path) -> None:
    request = posted(b"abc" * 1_000_000)
    assert request.FILES["file"].read() == b"abc" * 1_000_000
    assert (request.FILES["file"].name, request.FILES["file"].size) == ("IMG_1.JPG", 3_000_000)
    assert open_files_in(folder)
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o700
    request.close()
    assert open_files_in(folder) == []


class GoneError(OSError):
    """The sender went away."""


@pytest.mark.parametrize("share", [0.3, 0.99])
@pytest.mark.parametrize("is_told", [True, False])
def test_an_upload_whose_sender_goes_away_frees_its_space_at_once(folder: Path, share: float, *, is_told: bool) -> None:
    whole = posted()
    body = whole.body if share == 1 else whole.environ["wsgi.input"].read()
    cut = io.BytesIO(body[: int(len(body) * share)])

    class Sender(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            found = cut.read(size)
            if is_told and not found:
                raise GoneError
            return found

    request = whole.__class__({**whole.environ, "wsgi.input": Sender()})
    seen: list[int] = []

    def view(request: HttpRequest) -> HttpResponse:
        try:
            seen.append(len(request.FILES))
        except OSError as error:
            seen.append(0)
            kept.append(error)
        kept.append(request)
        return HttpResponse()

    kept: list[object] = []  # the exception holds the request, as a log does; nothing is collected
    uploads.close_uploads(view)(request)
    assert seen == [0]
    assert open_files_in(folder) == []


def test_an_upload_for_which_the_disk_has_no_room_frees_its_space_at_once(folder: Path, monkeypatch: Any) -> None:
    real = uploads.UnnamedUploads.receive_data_chunk

    def write(handler: uploads.UnnamedUploads, raw_data: bytes, start: int) -> None:
        real(handler, raw_data, start)
        if start > 1_000_000:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.UnnamedUploads, "receive_data_chunk", write)
    kept: list[object] = []

    def view(request: HttpRequest) -> HttpResponse:
        try:
            request.FILES  # noqa: B018 - parses the body
        except OSError as error:
            kept.append(error)
            assert open_files_in(folder)
        return HttpResponse(status=507)

    assert uploads.close_uploads(view)(posted()).status_code == 507
    assert kept
    assert open_files_in(folder) == []


def temporary(folder: Path, name: str, *, age_s: float = 7200.0, n_bytes: int = 100) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(bytes(n_bytes))
    os.utime(path, (time.time() - age_s,) * 2)
    return path


def test_what_killed_processes_left_is_counted_and_then_removed(folder: Path) -> None:
    old = [temporary(folder, "tmpab12_xyz.upload.jpg"), temporary(folder, "tmpab12_xy0.upload")]
    others = [
        temporary(folder, "tmpab12_xy1.upload.jpg", age_s=10),
        temporary(folder, "tmpab12_xy2.part"),
        temporary(folder, "notes.upload.jpg"),
    ]
    (folder / "tmpab12_xy3.upload").mkdir()
    (folder / "tmpab12_xy4.upload").symlink_to(others[1])
    assert uploads.sweep_temporary(delete=False) == uploads.Leftovers(2, 200)
    assert all(path.exists() for path in old)
    assert uploads.sweep_temporary(delete=True) == uploads.Leftovers(2, 200)
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in others)
    assert len(list(folder.iterdir())) == 5
    assert uploads.sweep_temporary(5, delete=False).n_files == 1


def test_the_web_process_removes_them_when_it_starts(folder: Path, settings: Any) -> None:
    path = temporary(folder, "tmpab12_xyz.upload.jpg")
    runpy.run_path(str(settings.BASE_DIR / "lensdb" / "wsgi.py"))
    assert not path.exists()


def test_a_folder_of_somebody_else_is_left_alone(folder: Path, monkeypatch: Any) -> None:
    temporary(folder, "tmpab12_xyz.upload.jpg")
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    assert uploads.sweep_temporary(delete=True) == uploads.Leftovers(0, 0)


def test_no_folder_no_leftovers(folder: Path) -> None:
    assert not folder.exists()
    assert uploads.sweep_temporary(delete=True) == uploads.Leftovers(0, 0)
