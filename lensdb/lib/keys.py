"""Keys: those that the demo and the tests make for themselves, and what makes one too weak for production."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

LENGTH_MIN: Final = 32
DIFFERENT_MIN: Final = 10


def weakness(key: str, *, length_min: int = LENGTH_MIN) -> str:
    """What is wrong with a key, to be read after its name; empty for a good one."""
    if key.startswith("django-insecure"):
        return "is one that Django made for trying things out"
    if len(key) < length_min:
        return f"has {len(key)} characters, not at least {length_min}"
    if len(set(key)) < DIFFERENT_MIN:
        return f"consists of {len(set(key))} different characters only"
    return ""


def own_key(data_dir: Path, name: str) -> str:
    """The key called `name`, for its owner only, under ``data_dir/keys``, made on first use.

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
