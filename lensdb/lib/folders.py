"""Who may read the site's files: their owner, and the group of the folder that holds them all if it is open to one.

``originals/`` and ``derived/`` are made for the site's user alone. An operator who gives Dask's processes a user of
their own opens them to a group (``deploy/prepare-host``), and what is put there later follows.
"""

from __future__ import annotations

import contextlib
from pathlib import Path


def make_below(root: Path, folder: Path) -> None:
    """Make a folder below `root`, and those between, each open to whom `root` is open; a new `root` is private."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = root.stat().st_mode & 0o2770
    missing = [place for place in (folder, *folder.parents) if root in place.parents and not place.exists()]
    for place in reversed(missing):
        with contextlib.suppress(FileExistsError):
            place.mkdir()
            place.chmod(mode)  # whatever the umask


def file_mode(root: Path) -> int:
    """The mode of a file for everybody whom `root` is open to."""
    return root.stat().st_mode & 0o660
