"""Starts every role of the site under the one supervisor configuration, and stops all of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import httpx

from lensdb.lib.certificates import own_dask_certificates

ROOT: Final = Path(__file__).resolve().parents[2]
CONFIGURATION: Final = ROOT / "deploy" / "supervisor" / "supervisord.conf"
START_SECONDS: Final = 240.0
STOP_SECONDS: Final = 90.0


class RolesError(RuntimeError):
    """The site did not start; the message says where to look."""


@contextlib.contextmanager
def running_site(data: Path, *, port: int, extra: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run web, dispatcher, cells, scheduler and two workers for the time of the context; give the site's address.

    Parameters
    ----------
    data : the folder of files and logs (``LENSDB_DATA``).
    port : where the site listens, on loopback.
    extra : further environment, for example ``DATABASE_URL``.
    """
    run = Path(tempfile.mkdtemp(prefix="lensdb-run-"))
    (data / "log").mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = dict(os.environ) | {
        "LENSDB_DATA": str(data),
        "LENSDB_PORT": str(port),
        "LENSDB_RUN": str(run),
        "LENSDB_DASK_SCHEDULER": f"tls://127.0.0.1:{free_port(8786)}",
        "LENSDB_DASK_CERTIFICATES": str(own_dask_certificates(data)),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        **(extra or {}),
    }
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", str(CONFIGURATION)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl-C reaches us, and we stop the roles in order
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, supervisor, data)
        yield address
    finally:
        _stop(supervisor)
        shutil.rmtree(run, ignore_errors=True)


def free_port(first: int) -> int:
    """The first port from `first` on that nobody listens at on loopback."""
    for port in range(first, first + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RolesError(f"no free port between {first} and {first + 199}")


def _wait_until_it_answers(address: str, supervisor: subprocess.Popen[bytes], data: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if supervisor.poll() is not None:
            raise RolesError(f"the supervisor ended with code {supervisor.returncode}; see {data / 'log'}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/readyz", timeout=5).is_success:
                return
        time.sleep(0.2)
    raise RolesError(f"the site did not answer within {START_SECONDS:.0f} s; see {data / 'log' / 'web.log'}")


def _stop(supervisor: subprocess.Popen[bytes]) -> None:
    if supervisor.poll() is None:
        supervisor.send_signal(signal.SIGTERM)
    try:
        supervisor.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()
