"""What a test shows Dask's processes to be let in: the dispatcher's certificate."""

from __future__ import annotations

import os

from distributed import Client

from lensdb.processing.cluster import security
from lensdb.processing.network import Tls, tls_of


def tls() -> Tls:
    """The dispatcher's certificate."""
    return tls_of("dispatch", os.environ)


def client(address: str, *, timeout: float) -> Client:
    """A client of the scheduler there."""
    return Client(address, timeout=timeout, set_as_default=False, security=security(tls()))
