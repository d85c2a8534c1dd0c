"""A dispatcher whose workers wait at a gate: ``python -m tests.chaos.gated_dispatcher ADDRESS FOLDER [forgetful]``."""

from __future__ import annotations

import sys
from functools import partial

from tests.chaos import gated
from tests.dispatching import dispatch

if __name__ == "__main__":
    address, folder, *kind = sys.argv[1:]
    dispatch(address, partial(gated.measure, folder=folder), renews="forgetful" not in kind)
