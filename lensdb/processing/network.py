"""Where Dask's processes may meet.

They trust each other entirely: whoever reaches one of their ports can run code there. So they meet on the loopback
interface, or with TLS and client certificates, or not at all. Imports neither Django nor Dask.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_TLS_VARIABLES = ("LENSDB_DASK_TLS_CA", "LENSDB_DASK_TLS_CERT", "LENSDB_DASK_TLS_KEY")


class UnsafeAddressError(Exception):
    """An address where strangers could reach Dask; the message says what to set."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Files (PEM): the authority that signs every role's certificate, and this role's own certificate and key."""

    ca: str
    cert: str
    key: str


@dataclass(frozen=True, slots=True)
class Address:
    """``tcp://host:port`` or ``tls://host:port``."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def tls_from(environ: Mapping[str, str]) -> Tls | None:
    """The TLS files the environment names; None when it names none."""
    given = [environ.get(name, "") for name in _TLS_VARIABLES]
    if not any(given):
        return None
    if not all(given):
        raise UnsafeAddressError(f"TLS between Dask's roles needs all of {', '.join(_TLS_VARIABLES)}.")
    return Tls(*given)


def checked_address(address: str, tls: Tls | None) -> Address:
    """An address that is safe to listen at or connect to.

    Raises
    ------
    UnsafeAddressError
        For anything but loopback without TLS, and for a scheme that contradicts whether there is TLS.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"tcp", "tls"} or not parts.hostname or not parts.port:
        raise UnsafeAddressError(f"{address!r} is no address like tcp://127.0.0.1:8786 or tls://scheduler:8786.")
    if (parts.scheme == "tls") != (tls is not None):
        raise UnsafeAddressError(f"{address}: tls:// goes with {', '.join(_TLS_VARIABLES)}, tcp:// without.")
    check_host(parts.hostname, tls)
    return Address(parts.scheme, parts.hostname, parts.port)


def check_host(host: str, tls: Tls | None) -> None:
    """Raise `UnsafeAddressError` for a host beyond the loopback interface without TLS."""
    if tls is None and not _is_loopback(host):
        raise UnsafeAddressError(
            f"{host} is not the loopback interface, and whoever reaches Dask can run code there. "
            f"Set {', '.join(_TLS_VARIABLES)}, or use 127.0.0.1."
        )


def own_address_facing(address: Address) -> str:
    """This host's own address on the way to another; nothing is sent."""
    family, kind, _, _, at = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind) as probe:
        probe.connect(at)
        return str(probe.getsockname()[0])


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
