"""Looking through folders of files that are named by their digest, ``ab/abcd…`` or ``ab/abcd….jpg``."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BY_DIGEST: Final = re.compile(r"([0-9a-f]{64})(\.jpg)?")
_PART: Final = re.compile(r"\..*\.part|\.[0-9a-f]{64}\.[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Stored:
    """One file; `digest` is empty for what an interrupted writer left."""

    path: Path
    digest: str
    n_bytes: int

    def delete(self, *, unless_newer_than_s: float = 0.0) -> bool:
        """Delete the file unless somebody has written it again since; whether it was deleted and could be."""
        with suppress(FileNotFoundError, PermissionError):
            if self.path.stat().st_mtime <= time.time() - unless_newer_than_s:
                self.path.unlink()
                return True
        return False


def files_older_than(folder: Path, seconds: float) -> Iterator[Stored]:
    """Yield the files by digest, and the leftovers of interrupted writers, that were last written so long ago."""
    before = time.time() - seconds
    for path in sorted(folder.glob("??/*")) if folder.is_dir() else ():
        by_digest = _BY_DIGEST.fullmatch(path.name)
        if by_digest is None and not _PART.fullmatch(path.name):
            continue
        with suppress(FileNotFoundError):
            facts = path.lstat()
            if facts.st_mtime <= before:
                yield Stored(path, by_digest[1] if by_digest else "", facts.st_size)
