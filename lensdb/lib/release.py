"""Which build of the site this is: whatever it is made of, put through a digest."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

import django
from django.conf import settings

_MADE_OF: Final = {".py", ".html", ".csv", ".json"}


@cache
def release() -> str:
    """A digest of the code, the templates, the manifests of the static files and the mode; takes some 20 ms, once.

    Answers of two builds may differ although nothing in the database does, so their ETags hold this.
    """
    digest = hashlib.blake2b(f"{django.get_version()} {settings.MODE}".encode(), digest_size=8)
    root = Path(settings.BASE_DIR)
    files = [file for package in ("lensdb", "analysis") for file in (root / package).rglob("*") if _counts(file)]
    for file in (*sorted(files), Path(settings.STATIC_ROOT) / "staticfiles.json"):
        if file.is_file():
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _counts(file: Path) -> bool:
    return file.suffix in _MADE_OF
