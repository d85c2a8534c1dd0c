"""Counting what is limited. The counts are exact, however many processes count at once."""

from __future__ import annotations

import math
from typing import Final

from django.db import connection

from lensdb.limits.keys import key_of
from lensdb.limits.words import in_words

_TAKE: Final = """
INSERT INTO limits_counter AS counter (key, used, until)
     VALUES (%(key)s, %(amount)s, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (key) DO UPDATE
        SET used = CASE WHEN counter.until <= clock_timestamp() THEN 0 ELSE counter.used END + EXCLUDED.used,
            until = CASE WHEN counter.until <= clock_timestamp() THEN EXCLUDED.until ELSE counter.until END
      WHERE counter.until <= clock_timestamp() OR counter.used + EXCLUDED.used <= %(limit)s
  RETURNING used
"""
_LEFT: Final = "SELECT extract(epoch FROM until - clock_timestamp()) FROM limits_counter WHERE key = %s"
_GIVE_BACK: Final = (
    "UPDATE limits_counter SET used = greatest(used - %s, 0) WHERE key = %s AND until > clock_timestamp()"
)


class LimitError(Exception):
    """A limit is used up.

    Attributes
    ----------
    scope : which limit.
    retry_after_s : when its window ends, in seconds from now.
    """

    def __init__(self, scope: str, retry_after_s: int) -> None:
        super().__init__(f"Too many requests. Try again in {in_words(retry_after_s)}.")
        self.scope = scope
        self.retry_after_s = retry_after_s


def take(scope: str, ident: str, *, limit: int, seconds: float, amount: int = 1) -> None:
    """Use up part of a limit, or refuse.

    A window begins with the first use and lasts `seconds`; within it at most `limit` is taken, by all processes
    together. Inside a transaction that is rolled back nothing is taken, and others who count the same wait for its end.

    Parameters
    ----------
    scope : which limit, such as ``sign_in_account``.
    ident : whom it counts, such as an address.

    Raises
    ------
    LimitError
        When so much is not left; then nothing is taken.
    """
    if amount > limit:
        raise LimitError(scope, math.ceil(seconds))
    key = key_of(scope, ident)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"key": key, "amount": amount, "seconds": seconds, "limit": limit})
        if cursor.fetchone() is not None:
            return
        cursor.execute(_LEFT, [key])
        left = cursor.fetchone()
    raise LimitError(scope, max(1, math.ceil(left[0])) if left else 1)


def give_back(scope: str, ident: str, *, amount: int = 1) -> None:
    """Return what was taken and turned out not to count."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [amount, key_of(scope, ident)])
