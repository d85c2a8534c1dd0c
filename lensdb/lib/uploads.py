"""A limit on what one request may upload, wherever in the site it goes."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

FORM_BYTES: Final = 64 * 1024
"""Room for the other fields of a form and the multipart borders."""


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
