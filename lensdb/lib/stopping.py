"""How long-running commands are asked to end."""

from __future__ import annotations

import signal
from types import FrameType


class Stop:
    """Becomes `asked` when SIGTERM or SIGINT arrives; loops look at it between turns. Make it in the main thread."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
