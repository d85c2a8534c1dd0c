"""Is this container's role well? ``healthcheck.py web`` asks the site; any other role shakes hands with the scheduler.

Needs the standard library only, for it runs every half minute in every container.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import sys
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE_SECONDS = 5


def web() -> bool:
    """The site answers and reaches its database."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["LENSDB_PORT"]), timeout=PATIENCE_SECONDS)
    connection.request("GET", "/readyz", headers={"Host": os.environ["LENSDB_HOSTS"].split(",")[0]})
    return connection.getresponse().status == http.HTTPStatus.OK


def scheduler(role: str) -> bool:
    """The scheduler takes this role's certificate, and shows one of the same authority."""
    folder = Path(os.environ["LENSDB_DASK_CERTIFICATES"])
    context = ssl.create_default_context(cafile=folder / "dask-ca.pem")
    context.check_hostname = False  # Dask goes by the authority
    context.load_cert_chain(folder / f"{role}.pem", folder / f"{role}.key")
    at = urlsplit(os.environ["LENSDB_DASK_SCHEDULER"])
    with (
        socket.create_connection((str(at.hostname), at.port or 8786), PATIENCE_SECONDS) as plain,
        context.wrap_socket(plain) as sealed,
    ):
        return bool(sealed.recv(1))  # the scheduler greets whoever it accepted


if __name__ == "__main__":
    try:
        sys.exit(0 if (web() if sys.argv[1] == "web" else scheduler(sys.argv[1])) else 1)
    except OSError as error:
        sys.exit(f"{type(error).__name__}: {error}")
