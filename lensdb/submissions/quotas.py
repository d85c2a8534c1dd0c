"""How much an account may hold and send. Every check is made under the owner's lock, so that the numbers are exact.

Locks are taken in one order: the owner, the right to move copies, copies, series.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from django.db.models import Sum
from django.utils import timezone

from lensdb.accounts.levels import quota_for
from lensdb.accounts.models import User
from lensdb.limits.actions import LimitError, take
from lensdb.limits.words import in_words
from lensdb.submissions.models import LensCopy, Photo, Series

DRAFT_DAYS: Final = 14
"""A draft expires so long after its last photo, or after it was begun."""

_DAY: Final = timedelta(days=1)
_GIB: Final = 2**30


class QuotaError(Exception):
    """The account may not hold or send more; the message is a sentence for its owner.

    Attributes
    ----------
    retry_after_s : when there is room again by itself, in seconds from now; None where something has to go first.
    """

    def __init__(self, sentence: str, *, retry_after_s: int | None = None) -> None:
        when = "" if retry_after_s is None else f" You can go on in {in_words(retry_after_s)}."
        super().__init__(sentence + when)
        self.retry_after_s = retry_after_s


class TooManyDraftsError(QuotaError):
    """As many drafts as the account may have."""


class TooManyCopiesError(QuotaError):
    """As many lens copies as the account may have."""


class TooManySeriesError(QuotaError):
    """As many series within a day as the account may submit."""


class SentTooMuchError(QuotaError):
    """As many bytes within a day as the account may send."""


class KeepsTooMuchError(QuotaError):
    """As many bytes as the account may keep here."""


def locked(owner: User) -> User:
    """Lock an account's row: whatever else it begins, sends or submits waits for the end of this transaction."""
    return User.objects.select_for_update(no_key=True).get(pk=owner.pk)


def check_drafts(owner: User) -> None:
    """Raise `TooManyDraftsError` if the account may begin no more series."""
    allowed = quota_for(owner).drafts
    if Series.objects.filter(owner=owner, submitted_at=None).count() >= allowed:
        raise TooManyDraftsError(f"You have {allowed} unfinished series, as many as your account may have.")


def check_copies(owner: User) -> None:
    """Raise `TooManyCopiesError` if the account may enter no more lens copies."""
    allowed = quota_for(owner).copies
    if LensCopy.objects.filter(owner=owner).count() >= allowed:
        raise TooManyCopiesError(f"You have entered {allowed} lens copies, as many as your account may have.")


def check_submitted(owner: User) -> None:
    """Raise `TooManySeriesError` if the account may submit no more series now."""
    allowed, now = quota_for(owner).series_a_day, timezone.now()
    recent = Series.objects.filter(owner=owner, submitted_at__gt=now - _DAY).order_by("-submitted_at")
    oldest_of_them = recent.values_list("submitted_at", flat=True)[allowed - 1 : allowed].first() if allowed else now
    if oldest_of_them is not None:
        wait_s = max(1, math.ceil((oldest_of_them + _DAY - now).total_seconds()))
        raise TooManySeriesError(
            f"You have submitted {allowed} series within 24 hours, as many as your account may.", retry_after_s=wait_s
        )


def take_bytes(owner: User, n_bytes: int) -> None:
    """Count a photo's bytes as sent, or raise `SentTooMuchError` or `KeepsTooMuchError`.

    Bytes sent count for a day, also when the photo is removed again.
    """
    quota = quota_for(owner)
    kept = Photo.objects.filter(series__owner=owner).aggregate(n_bytes=Sum("size_bytes"))["n_bytes"] or 0
    if kept + n_bytes > quota.bytes_kept:
        raise KeepsTooMuchError(
            f"Your photos take up {_size(kept)} of the {_size(quota.bytes_kept)} you may keep here."
        )
    try:
        take("bytes_sent", str(owner.pk), limit=quota.bytes_a_day, seconds=_DAY.total_seconds(), amount=n_bytes)
    except LimitError as error:
        raise SentTooMuchError(
            f"You have sent {_size(quota.bytes_a_day)} within 24 hours, as much as your account may.",
            retry_after_s=error.retry_after_s,
        ) from error


def _size(n_bytes: int) -> str:
    return f"{n_bytes / _GIB:.1f} GiB"
