"""Turning a picture the right way up, by its EXIF orientation and in quarter turns, without copying it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Turn:
    """How a stored picture is turned.

    Attributes
    ----------
    orientation : EXIF's, 1 to 8; applied first.
    quarter_turns : anticlockwise.
    """

    orientation: int = 1
    quarter_turns: int = 0

    @property
    def is_none(self) -> bool:
        """The picture stays as it is."""
        return self.orientation == 1 and self.quarter_turns % 4 == 0

    @property
    def swaps(self) -> bool:
        """Rows become columns."""
        return (self.orientation >= 5) != (self.quarter_turns % 2 == 1)

    def view(self, stored: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The picture (M, N) or (M, N, 3) the right way up, a view of the same memory."""
        turned = stored.swapaxes(0, 1) if self.orientation >= 5 else stored
        if self.orientation in {3, 4, 7, 8}:
            turned = turned[::-1]
        if self.orientation in {2, 3, 6, 7}:
            turned = turned[:, ::-1]
        return np.rot90(turned, self.quarter_turns)

    def stored_lines(self, kept: npt.NDArray[np.bool_], height: int, width: int) -> npt.NDArray[np.bool_]:
        """Which stored rows, or columns where the turn swaps them, become the rows marked in `kept`."""
        axis = np.arange(width if self.swaps else height)
        grid = axis[None, :] if self.swaps else axis[:, None]
        order = self.view(np.broadcast_to(grid, (height, width)))[:, 0]
        found = np.zeros(axis.size, dtype=np.bool_)
        found[order[kept]] = True
        return found
