"""Uploads on their way in: a limit on their size, and where they lie until they are taken or refused."""

from __future__ import annotations

import os
import re
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponseBase

FORM_BYTES: Final = 64 * 1024
"""Room for the other fields of a form and the multipart borders."""
ABANDONED_S: Final = 3600.0
"""No upload takes longer; a temporary file as old as this belongs to nobody."""

_TEMPORARY_NAME: Final = re.compile(r"tmp[a-z0-9_]{8}\.upload.*", re.DOTALL)


class LimitUploads(FileUploadHandler):
    """Refuses a request that says it is too long before a byte is read, and one that lied as soon as it is seen.

    It goes first in ``FILE_UPLOAD_HANDLERS`` and keeps nothing itself.
    """

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        self.received = 0
        if content_length > settings.PHOTO_MAX_BYTES + FORM_BYTES:
            raise RequestDataTooBig("The upload is larger than a photo may be.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's signature
        self.received += len(raw_data)
        if self.received > settings.PHOTO_MAX_BYTES + FORM_BYTES:
            raise RequestDataTooBig("The upload is larger than a photo may be.")
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002 - Django's signature
        return None


class UnnamedUploads(FileUploadHandler):
    """Writes an upload to a file without a name in ``FILE_UPLOAD_TEMP_DIR``: it is gone when its process is."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = UploadedFile(
            tempfile.TemporaryFile(dir=folder),  # noqa: SIM115 - closed with the request
            self.file_name,
            self.content_type,
            0,
            self.charset,
            self.content_type_extra,
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        close(self)


def close(handler: FileUploadHandler) -> None:
    """Free the disk space of what a handler holds. On a full disk closing fails, and frees the space all the same."""
    file = getattr(handler, "file", None)
    if isinstance(handler, UnnamedUploads) and file is not None:
        with suppress(OSError):
            file.close()


def close_uploads(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware that closes uploads as soon as a request is answered, however it ended.

    Django closes those that came in whole. One whose sender went away, or for which the disk had no room, would keep
    its space until the garbage collector comes by.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.content_type == "multipart/form-data":
            for handler in request.upload_handlers:
                close(handler)
        return response

    return middleware


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Temporary files that belong to nobody."""

    n_files: int
    n_bytes: int


def sweep_temporary(older_than_s: float = ABANDONED_S, *, delete: bool) -> Leftovers:
    """What processes that were killed left in ``FILE_UPLOAD_TEMP_DIR``; removed when `delete` says so.

    Only regular files that bear the name Django gives to uploads and belong to the user this process runs as, in a
    folder of that user. Uploads have no name now; these are from before, or from elsewhere.
    """
    found = list(_leftovers(Path(settings.FILE_UPLOAD_TEMP_DIR), time.time() - older_than_s))
    for path, _ in found if delete else ():
        with suppress(OSError):
            path.unlink()
    return Leftovers(len(found), sum(n_bytes for _, n_bytes in found))


def _leftovers(folder: Path, before: float) -> Iterator[tuple[Path, int]]:
    with suppress(OSError):
        if folder.stat().st_uid != os.getuid():
            return
        for path in folder.iterdir():
            status = path.lstat()
            is_ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid()
            if is_ours and status.st_mtime < before and _TEMPORARY_NAME.fullmatch(path.name):
                yield path, status.st_size
