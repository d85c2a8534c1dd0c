"""Notices that nothing gets finished. No clock and no I/O of its own: the dispatcher tells it what happens when."""

from __future__ import annotations

from typing import Final

FACTOR_MAX: Final = 32.0


class Watchdog:
    """Patience begins anew with every finish. After a recycling it is doubled, so that a series which truly takes long
    gets through in the end; the next finish makes it what it was.
    """

    def __init__(self, now_s: float) -> None:
        self._since_s = now_s
        self._factor = 1.0
        self.recycled_in_a_row = 0

    def progress(self, now_s: float) -> None:
        """Something was finished."""
        self._since_s = now_s
        self._factor = 1.0
        self.recycled_in_a_row = 0

    def idle(self, now_s: float) -> None:
        """Nothing waits, or nobody is there to be waited for."""
        self._since_s = now_s

    def is_stalled(self, now_s: float, patience_s: float) -> bool:
        """Whether nothing was finished for longer than patience goes."""
        return now_s - self._since_s > patience_s * self._factor

    def recycled(self, now_s: float) -> None:
        """The cluster was restarted; give it time."""
        self._since_s = now_s
        self._factor = min(2 * self._factor, FACTOR_MAX)
        self.recycled_in_a_row += 1
