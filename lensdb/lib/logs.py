"""What may stand in a log. Links in mails hold keys, and whoever reads one there can act for somebody else."""

from __future__ import annotations

import logging
import re
from typing import Final

_KEY: Final = re.compile(r"(/accounts/(?:password/reset/key|confirm-email)/)[^\s'\"]+")
_QUERY: Final = re.compile(r"(/[^\s'\"?]*\?)[^\s'\"]+")


def without_keys(text: str) -> str:
    """The text, with the keys of password and confirmation links and the query strings of addresses taken out."""
    return _QUERY.sub(r"\1-", _KEY.sub(r"\1-", text))


class WithoutKeys(logging.Filter):
    """Takes keys out of what is said about requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        shown = without_keys(told)
        if shown != told:
            record.msg, record.args = shown, ()
        return True
