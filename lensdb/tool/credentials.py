"""Where `lensdb login` keeps the site's address and token: a file that only its owner can read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Credentials:
    """A site and the token that opens it."""

    server: str
    token: str


def path() -> Path:
    """``lensdb/credentials.json`` in the user's configuration folder (XDG)."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "lensdb" / "credentials.json"


def save(credentials: Credentials) -> Path:
    """Keep credentials in place of those that were kept; at no moment can anybody else read them."""
    file = path()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(credentials), indent=1), encoding="utf-8")
    draft.replace(file)
    return file


def load() -> Credentials | None:
    """The credentials that are kept, or None."""
    try:
        kept = json.loads(path().read_text(encoding="utf-8"))
        return Credentials(str(kept["server"]), str(kept["token"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
