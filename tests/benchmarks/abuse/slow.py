"""Slow connections, which hold whatever serves one connection with a thread."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack, suppress
from typing import Final
from urllib.parse import urlsplit

from tests.benchmarks.abuse.account import Account

CONNECTIONS: Final = 20
_DRIP_SECONDS: Final = 1.0


def drip(a: Account) -> None:
    """Hold connections open with a header or a body that comes one byte a second; those that are cut are made anew."""
    held: list[socket.socket] = []
    with ExitStack() as stack:
        while not a.is_over:
            with suppress(OSError):
                while len(held) < CONNECTIONS:
                    held.append(stack.enter_context(_slow_connection(a, len(held))))
                    a.count("slow connections", 0)
            held = [connection for connection in held if _is_fed(connection)]
            time.sleep(_DRIP_SECONDS)


def _slow_connection(a: Account, number: int) -> socket.socket:
    at = urlsplit(a.host.address)
    connection = socket.create_connection((at.hostname, at.port), timeout=10, source_address=(a.source, 0))
    if (trust := a.host.trust()) is not True:
        connection = trust.wrap_socket(connection, server_hostname=at.hostname)
    asked = f"GET / HTTP/1.1\r\nHost: {at.netloc}\r\nX-Slow: "
    sent = f"POST /accounts/login/ HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Length: 100000\r\n\r\n"
    connection.sendall((sent if number % 2 else asked).encode())
    return connection


def _is_fed(connection: socket.socket) -> bool:
    try:
        connection.sendall(b"x")
    except OSError:
        connection.close()
        return False
    return True
