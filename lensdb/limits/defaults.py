"""The quotas a new site begins with. Administrators change the rows in the admin."""

from __future__ import annotations

from typing import Final

_GIB: Final = 2**30

QUOTAS: Final[dict[str, dict[str, int]]] = {
    "new": {"drafts": 10, "copies": 20, "series_a_day": 20, "bytes_a_day": 5 * _GIB, "bytes_kept": 20 * _GIB},
    "trusted": {"drafts": 50, "copies": 200, "series_a_day": 200, "bytes_a_day": 50 * _GIB, "bytes_kept": 500 * _GIB},
    "moderator": {
        "drafts": 50,
        "copies": 500,
        "series_a_day": 500,
        "bytes_a_day": 100 * _GIB,
        "bytes_kept": 1024 * _GIB,
    },
}
"""By level."""
