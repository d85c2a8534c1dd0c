"""Text that PostgreSQL can store."""

from __future__ import annotations

import re
from typing import Final

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether `text` holds no NUL character and no half of a surrogate pair, which UTF-8 cannot write."""
    return _UNSTORABLE.search(text) is None
