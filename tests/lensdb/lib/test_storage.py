"""Files by content: complete or not there, written once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile

from lensdb.lib.storage import ContentStorage


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_is_written_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    storage = ContentStorage(location=tmp_path)
    assert storage.save("ab/abcd", ContentFile(b"first")) == "ab/abcd"
    assert storage.save("ab/abcd", ContentFile(b"first")) == "ab/abcd"
    assert files_in(tmp_path) == ["ab/abcd"]
    path = tmp_path / "ab" / "abcd"
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_broken_upload_leaves_nothing(tmp_path: Path) -> None:
    class Torn(ContentFile):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"half of it"
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        ContentStorage(location=tmp_path).save("ab/abcd", Torn(b"x"))
    assert files_in(tmp_path) == []


def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SuspiciousFileOperation):
        ContentStorage(location=tmp_path / "store").save("../outside", ContentFile(b"x"))


def test_a_file_that_is_there_already_counts_as_new(tmp_path: Path) -> None:
    storage = ContentStorage(location=tmp_path)
    storage.save("ab/abcd", ContentFile(b"first"))
    path = tmp_path / "ab" / "abcd"
    os.utime(path, (1000.0, 1000.0))
    storage.save("ab/abcd", ContentFile(b"first"))
    assert path.stat().st_mtime > 1000.0
