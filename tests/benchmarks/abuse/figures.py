"""What the public is told of a lens, to be compared before and after."""

from __future__ import annotations

from typing import Any, Final

from tests.benchmarks.abuse.cast import Cast
from tests.benchmarks.abuse.host import Host

ADDRESS: Final = "127.0.0.201"
_PASSING: Final = frozenset({"updated_at"})
"""Says when something was computed, not what came of it."""


def public_figures(host: Host, lens: str) -> dict[str, Any]:
    """Every figure of a lens: its plots, the rows of its series, and both as CSV."""
    with host.client(ADDRESS) as client:
        plot, shifts = (
            client.get(f"/api/v1/lenses/{lens}/{part}").raise_for_status().json() for part in ("", "shifts/")
        )
        csv = {name: client.get(f"/lenses/{lens}/{name}.csv").raise_for_status().text for name in ("figures", "series")}
    return {"plot": plot, "shifts": shifts, **csv}


def moved(before: Any, after: Any, where: str = "") -> list[str]:
    """Where two trees of figures differ, as paths."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted({*before, *after} - _PASSING)
        return [path for name in names for path in moved(before.get(name), after.get(name), f"{where}/{name}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [path for index, pair in pairs for path in moved(*pair, f"{where}/{index}")]
    return [] if before == after else [f"{where}: {str(before)[:60]} became {str(after)[:60]}"]


def counted(host: Host, cast: Cast) -> tuple[int, int]:
    """How many copies and series the honest photographer's own lens is said to have."""
    shifts = public_figures(host, cast.own_lens)["shifts"]
    return len(shifts["copies"]), len({row["series"] for row in shifts["shifts"]})
