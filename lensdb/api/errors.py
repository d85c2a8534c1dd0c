"""Every error of the API in one shape: {"code", "detail", "next_step"?, "fields"?}.

The site's own errors are translated here; those of the machine and of unreadable requests in `lensdb.lib.errors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse
from rest_framework import exceptions

from lensdb.lib.errors import Answer, answer_for
from lensdb.limits.actions import LimitError
from lensdb.moderation.actions import ModerationError
from lensdb.persons.queries import ErasedError
from lensdb.processing import actions as processing
from lensdb.submissions import actions as submissions
from lensdb.submissions import intake, quotas


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
    quotas.TooManyDraftsError: Kind(
        HTTPStatus.CONFLICT,
        "too_many_drafts",
        f"Submit or discard one of them; a draft expires {quotas.DRAFT_DAYS} days after its last photo.",
    ),
    quotas.TooManyCopiesError: Kind(
        HTTPStatus.CONFLICT, "too_many_copies", "Use one of your copies, or ask a moderator for a larger quota."
    ),
    quotas.KeepsTooMuchError: Kind(
        HTTPStatus.CONFLICT, "storage_used_up", "Discard drafts you do not need, or ask a moderator for a larger quota."
    ),
    quotas.TooManySeriesError: Kind(
        HTTPStatus.TOO_MANY_REQUESTS, "too_many_series", "The draft is kept; submit it later."
    ),
    quotas.SentTooMuchError: Kind(
        HTTPStatus.TOO_MANY_REQUESTS, "sent_too_much", "What has arrived is kept; send the rest later."
    ),
    LimitError: Kind(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", "Wait, then send the same again."),
    ErasedError: Kind(HTTPStatus.GONE, "erased"),
    ModerationError: Kind(HTTPStatus.CONFLICT, "not_decidable"),
    RequestDataTooBig: Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "file_too_large", "Send the camera's JPEG."),
}
"""The site's own errors. The first kind that fits is taken."""


def handle(error: Exception, context: dict[str, Any]) -> JsonResponse | None:  # noqa: ARG001 - DRF's signature
    """DRF's exception handler. None, and so a plain 500 and a line in the log, for what nobody expected."""
    if isinstance(error, exceptions.APIException):
        return _of_the_framework(error)
    for kind, told in _KINDS.items():
        if isinstance(error, kind):
            wait_s = getattr(error, "retry_after_s", None)
            answer = Answer(told.status, told.code, str(error), told.next_step, retry_after_s=wait_s)
            return answer.as_json(**_more(error))
    expected = answer_for(error)
    return None if expected is None else expected.as_json()


def _of_the_framework(error: exceptions.APIException) -> JsonResponse:
    status = HTTPStatus(error.status_code)
    if isinstance(error, exceptions.ValidationError):
        return Answer(status, "invalid", "Some fields are not right.").as_json(fields=_fields(error.detail))
    codes, wait_s = error.get_codes(), getattr(error, "wait", None)
    response = Answer(
        status,
        codes if isinstance(codes, str) else "error",
        str(error.detail),
        retry_after_s=None if wait_s is None else max(1, round(wait_s)),
    ).as_json()
    if auth_header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = auth_header
    return response


def _more(error: Exception) -> dict[str, Any]:
    if isinstance(error, submissions.DuplicatePhotoError):
        told = {"series": error.photo.series.public_id, "file_name": error.photo.file_name}
        return told | ({"file_names": list(error.file_names)} if error.file_names else {})
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
