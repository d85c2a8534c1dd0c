"""What `manage.py check --deploy` asks of a production site's own settings."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core import checks

from lensdb.lib import keys

_DELIVER_NOTHING: Final = ("console", "dummy", "locmem")
_PREFIX: Final = "django.core.mail.backends"


@checks.register(checks.Tags.security, deploy=True)
def production(app_configs: Sequence[Any] | None, **_options: Any) -> list[checks.CheckMessage]:  # noqa: ARG001 - Django names the argument
    """Report what would hurt the people of a site that is open to everybody."""
    if not settings.PRODUCTION or settings.ROLE != "web":
        return []
    return [*_serial_keys(), *_mail(), *_proxies(), *_upload_folder()]


def _serial_keys() -> Iterator[checks.CheckMessage]:
    for number, key in enumerate(settings.SERIAL_KEYS, 1):
        if weakness := keys.weakness(key):
            yield checks.Error(
                f"Key {number} of LENSDB_SERIAL_KEYS {weakness}.",
                hint="deploy/make-secrets draws a good one. Put it in front, run `manage.py rotate_serials`, then take "
                "the weak key out.",
                id="lensdb.E001",
            )


def _mail() -> Iterator[checks.CheckMessage]:
    if any(settings.EMAIL_BACKEND.startswith(f"{_PREFIX}.{name}") for name in _DELIVER_NOTHING):
        yield checks.Error(
            "Mail is not sent: nobody can confirm an address, and the links may end up in the log.",
            hint="Set LENSDB_EMAIL_URL, for example to smtp+tls://user:password@mail.example:587.",
            id="lensdb.E002",
        )


def _proxies() -> Iterator[checks.CheckMessage]:
    if settings.PROXIES < 1:
        yield checks.Error(
            "LENSDB_PROXIES is 0, but production is served through a proxy: everybody would seem to come from its "
            "address, and one of them could use up the attempts to sign in of all others.",
            hint="Set LENSDB_PROXIES to the number of your proxies in front of the site, usually 1.",
            id="lensdb.E003",
        )


def _upload_folder() -> Iterator[checks.CheckMessage]:
    named = settings.FILE_UPLOAD_TEMP_DIR
    folder = Path(named or tempfile.gettempdir())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        trouble = "is not a folder that this user can write to"
    elif folder.stat().st_mode & 0o007:
        trouble = "is open to every user of this host"
    else:
        return
    yield checks.Error(
        f"Uploads wait in {folder}, which {trouble}.",
        hint="Set LENSDB_UPLOAD_TEMP to a folder of its own: install --directory --mode=0700 --owner=… FOLDER.",
        id="lensdb.E004",
    )
