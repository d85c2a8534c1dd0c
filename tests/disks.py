"""Small real disks: full ones, and ones that cannot be written to."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def disk(folder: Path, *, size_bytes: int, read_only: bool = False) -> Iterator[Path]:
    """A file system of its own in `folder`, which is made; skips the test where this user may not mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={size_bytes},mode=0700" + (",ro" if read_only else "")
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
