"""Where Dask's processes may meet.

They trust each other entirely: whoever reaches one of their ports can run code there. So they meet with TLS and client
certificates, on the loopback interface too, where every user of the machine could knock. Imports neither Django nor
Dask.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

DEFAULT_ADDRESS: Final = "tls://127.0.0.1:8786"


class UnsafeAddressError(Exception):
    """Strangers could reach Dask; the message says what to set."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Files (PEM): the authority that signs every role's certificate, and this role's own certificate and key."""

    ca: str
    cert: str
    key: str


@dataclass(frozen=True, slots=True)
class Address:
    """``tls://host:port``."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tls://{host}:{self.port}"


def tls_of(role: str, environ: Mapping[str, str]) -> Tls:
    """The files of a role's certificate, in the folder that ``LENSDB_DASK_CERTIFICATES`` names."""
    named = environ.get("LENSDB_DASK_CERTIFICATES", "")
    if not named:
        raise UnsafeAddressError(
            "LENSDB_DASK_CERTIFICATES is not set: Dask's roles meet with TLS only. It names the folder of dask-ca.pem, "
            f"{role}.pem and {role}.key, which deploy/make-secrets makes."
        )
    folder = Path(named)
    return Tls(ca=str(folder / "dask-ca.pem"), cert=str(folder / f"{role}.pem"), key=str(folder / f"{role}.key"))


def checked_address(address: str) -> Address:
    """An address to listen at or connect to.

    Raises
    ------
    UnsafeAddressError
        For anything but TLS.
    """
    parts = urlsplit(address)
    if parts.scheme != "tls" or not parts.hostname or not parts.port:
        raise UnsafeAddressError(
            f"{address!r} is no address like {DEFAULT_ADDRESS}: whoever reaches Dask can run code there, so its roles "
            "meet with TLS only."
        )
    return Address(parts.hostname, parts.port)


def own_address_facing(address: Address) -> str:
    """This host's own address on the way to another; nothing is sent."""
    family, kind, _, _, at = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind) as probe:
        probe.connect(at)
        return str(probe.getsockname()[0])
