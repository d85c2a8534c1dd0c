"""Every error of the API in one shape: {"code", "detail", "next_step"?, "fields"?}. Translated here, nowhere else."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from lensdb.moderation.actions import ModerationError
from lensdb.processing import actions as processing
from lensdb.submissions import actions as submissions
from lensdb.submissions import intake


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of error is answered."""

    status: HTTPStatus
    code: str
    next_step: str = ""


_SEND_A_PHOTO: Final = "Send the JPEG, TIFF or PNG as the camera wrote it."
_KINDS: Final[dict[type[Exception], Kind]] = {
    intake.EmptyFileError: Kind(HTTPStatus.BAD_REQUEST, "empty_file", _SEND_A_PHOTO),
    intake.FileTooLargeError: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "file_too_large", "Send the camera's JPEG."),
    intake.NotAPhotoError: Kind(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_a_photo", _SEND_A_PHOTO),
    intake.TooManyPixelsError: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_many_pixels", _SEND_A_PHOTO),
    submissions.DuplicatePhotoError: Kind(
        HTTPStatus.CONFLICT, "duplicate", "Leave it out, or withdraw that series first."
    ),
    submissions.NotOwnerError: Kind(HTTPStatus.FORBIDDEN, "not_owner"),
    submissions.NotDraftError: Kind(HTTPStatus.CONFLICT, "not_a_draft", "Begin a new series."),
    submissions.IsDraftError: Kind(HTTPStatus.CONFLICT, "is_a_draft"),
    submissions.TooManyPhotosError: Kind(HTTPStatus.CONFLICT, "series_full", "Begin a new series for the others."),
    submissions.ImplausibleError: Kind(HTTPStatus.BAD_REQUEST, "invalid"),
    processing.NotOwnSeriesError: Kind(HTTPStatus.FORBIDDEN, "not_owner"),
    processing.AlreadySubmittedError: Kind(HTTPStatus.CONFLICT, "already_submitted"),
    processing.NoPhotosError: Kind(HTTPStatus.CONFLICT, "no_photos", "Add the photos first."),
    ModerationError: Kind(HTTPStatus.CONFLICT, "not_decidable"),
    RequestDataTooBig: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "file_too_large", "Send the camera's JPEG."),
    SuspiciousOperation: Kind(HTTPStatus.BAD_REQUEST, "bad_request"),
}
"""The site's own errors. The first kind that fits is taken."""


def handle(error: Exception, context: dict[str, Any]) -> Response | None:  # noqa: ARG001 - DRF's signature
    """DRF's exception handler. None, and so a plain 500 and a line in the log, for what nobody expected."""
    if isinstance(error, exceptions.APIException):
        return _of_the_framework(error)
    if isinstance(error, Http404):
        return _answer(Kind(HTTPStatus.NOT_FOUND, "not_found"), "There is nothing here, or nothing you may see.")
    if isinstance(error, PermissionDenied):
        return _answer(Kind(HTTPStatus.FORBIDDEN, "permission_denied"), "You may not do this.")
    for kind, told in _KINDS.items():
        if isinstance(error, kind):
            return _answer(told, str(error), **_more(error))
    return _of_the_machine(error)


def _of_the_machine(error: Exception) -> Response | None:
    """Troubles that pass, and whose sender should try again."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        full = Kind(HTTPStatus.INSUFFICIENT_STORAGE, "storage_full", "Try again later: nothing was lost but this file.")
        return _answer(full, "The site has no room for files at the moment.")
    if isinstance(error, (OperationalError, InterfaceError)):
        away = Kind(HTTPStatus.SERVICE_UNAVAILABLE, "database_away", "Send the same again in a few seconds.")
        return _answer(away, "The site's database does not answer at the moment.", headers={"Retry-After": "5"})
    return None


def _of_the_framework(error: exceptions.APIException) -> Response:
    status = HTTPStatus(error.status_code)
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if (wait_s := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait_s)))
    if isinstance(error, exceptions.ValidationError):
        return _answer(Kind(status, "invalid"), "Some fields are not right.", fields=_fields(error.detail))
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "error"
    return _answer(Kind(status, code), str(error.detail), headers=headers)


def _answer(kind: Kind, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> Response:
    body = {"code": kind.code, "detail": detail} | ({"next_step": kind.next_step} if kind.next_step else {}) | more
    return Response(body, status=kind.status, headers=headers)


def _more(error: Exception) -> dict[str, Any]:
    if isinstance(error, submissions.DuplicatePhotoError):
        return {"series": error.photo.series.public_id, "file_name": error.photo.file_name}
    if isinstance(error, submissions.ImplausibleError):
        return {"fields": {error.field: [str(error)]}}
    return {}


def _fields(detail: Any) -> dict[str, list[str]]:
    """What is wrong with each field, flat: {"new_copy.serial": ["…"]}; "" is for the whole."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            for path, texts in _fields(inner).items():
                found.setdefault(".".join(filter(None, [own, path])), []).extend(texts)
        return found
    if isinstance(detail, list) and any(isinstance(item, (dict, list)) for item in detail):
        return _fields({str(index): item for index, item in enumerate(detail) if item})
    return {"": [str(item) for item in detail] if isinstance(detail, list) else [str(detail)]}
