"""Keys that the demo and the tests make for themselves, once, readable by their owner only."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def own_key(data_dir: Path, name: str) -> str:
    """The key called `name` under ``data_dir/keys``, made on first use.

    Processes that start together get the same key: the file appears complete or not at all, and the first one wins.
    """
    path = data_dir / "keys" / name
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f".{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()
