"""Files that are found by what they contain."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from lensdb.lib import faults, folders


class ContentStorage(FileSystemStorage):
    """A folder of files named by their digest: the same name is the same bytes, so a file is written once.

    A file appears complete or not at all, and has reached the disk when `save` returns. Bytes pass through in pieces,
    so that memory stays flat whatever the file's size.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 - Django's signature
        return name

    def _save(self, name: str, content: File[Any]) -> str:
        path = Path(self.path(name))
        with suppress(FileNotFoundError):
            os.utime(path)  # so that the file counts as new for whoever sweeps what no row refers to yet
            return name
        root = Path(self.location)
        folders.make_below(root, path.parent)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, folders.file_mode(root))
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            faults.here("photo-rename.before")
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
        _fsync_folder(path.parent)
        faults.here("photo-rename.after")
        return name


def _fsync_folder(folder: Path) -> None:
    """Make the new name last, too: until then it is in the folder's memory only."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
