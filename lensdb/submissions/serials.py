"""Serial numbers: compared by a keyed digest, kept as ciphertext, shown to their owner only.

A serial has six to ten digits, so a plain digest of it could be undone by trying them all; the key is outside the
database. ``settings.SERIAL_KEYS`` holds the keys, newest first: new entries use the newest, old entries are still
understood, and `submissions.actions.rotate_serials` brings them up to date.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from lensdb.catalog.names import fold

TAIL: Final = 3
"""Characters of a serial its owner sees in lists."""

_BATCH_PREFIX: Final = 3
_BATCH_MIN_LENGTH: Final = 7
"""A prefix is kept only where it leaves enough of the serial unsaid."""


def normalise(serial: str) -> str:
    """A serial as it is compared: upper case, letters and digits only, no zeros in front. May be empty."""
    return re.sub(r"[^A-Z0-9]", "", serial.upper()).lstrip("0")


def macs(maker: str, serial: str) -> list[str]:
    """The digests of a serial under every key, the newest key's first. The maker is part of what is digested."""
    message = f"{fold(maker)}\n{normalise(serial)}".encode()
    return [hmac.new(_derived(key, b"mac"), message, hashlib.sha256).hexdigest() for key in settings.SERIAL_KEYS]


def seal(serial: str) -> str:
    """The serial as ciphertext under the newest key; empty for an empty one."""
    return _box().encrypt(serial.encode()).decode() if serial else ""


def unseal(cipher: str) -> str:
    """The serial in a ciphertext made under any of the keys.

    Raises
    ------
    cryptography.fernet.InvalidToken
        When its key is no longer among them.
    """
    return _box().decrypt(cipher.encode()).decode() if cipher else ""


def reseal(cipher: str) -> str:
    """The same ciphertext under the newest key."""
    return _box().rotate(cipher.encode()).decode() if cipher else ""


def tail(cipher: str) -> str:
    """The last characters of a sealed serial, enough for its owner to recognise it."""
    return unseal(cipher)[-TAIL:]


def batch(serial: str) -> str:
    """The part of a serial that lenses made together share; empty when the serial is too short to cut."""
    plain = normalise(serial)
    return plain[:_BATCH_PREFIX] if len(plain) >= _BATCH_MIN_LENGTH else ""


def _box() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, b"cipher"))) for key in settings.SERIAL_KEYS])


def _derived(key: str, purpose: bytes) -> bytes:
    """A key of its own for each purpose."""
    return hmac.new(key.encode(), b"lensdb serial " + purpose, hashlib.sha256).digest()
