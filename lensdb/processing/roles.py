"""Start a Dask scheduler or worker as this project runs them: ``python -m lensdb.processing.roles scheduler|worker``.

What differs between hosts comes from the environment:

* ``LENSDB_DASK_SCHEDULER`` (``tls://127.0.0.1:8786``): where the scheduler is.
* ``LENSDB_DASK_LISTEN`` (the scheduler's own host; for workers the interface that faces it): where to listen.
* ``LENSDB_DASK_CERTIFICATES``: the folder of ``dask-ca.pem`` and of the role's own certificate and key.
* ``LENSDB_DASK_FOLDER`` (``LENSDB_DATA/dask``): a worker's scratch folder.
* ``LENSDB_WORKER_MEMORY`` (``2GiB``): of the worker itself; ``LENSDB_MEASURE_MEMORY_MB`` (1792) is what a measuring
  child may ask for beyond the 110 MiB it starts with.
* ``LENSDB_SANDBOX`` (``required`` in production): ``optional`` lets a worker measure where the kernel cannot seal the
  child that decodes photos.

The process becomes Dask's own, with an environment from which everything else is dropped: a worker has no secret of
the site's to lose.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from lensdb.lib import faults
from lensdb.processing.network import (
    DEFAULT_ADDRESS,
    Tls,
    UnsafeAddressError,
    checked_address,
    own_address_facing,
    tls_of,
)
from lensdb.processing.sandbox import seals

_KEPT: Final = re.compile(
    r"PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|VIRTUAL_ENV|PYTHON\w+|LD_LIBRARY_PATH|SSL_CERT_\w+|DASK_\w+|LENSDB_MEASURE_\w+"
)
_NO_DASHBOARD: Final = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")
"""Without a dashboard Dask still serves some pages, and on every interface unless told where."""

_DASK_SETTINGS: Final = {
    "DASK_DISTRIBUTED__SCHEDULER__WORK_STEALING": "False",  # tasks alike, none depends on another: nothing to gain
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "60 seconds",  # a worker that hangs is given up, its tasks go elsewhere
    "DASK_LOGGING__LENSDB": "info",
}
"""Unless the environment says otherwise."""


def scheduler_command(environ: Mapping[str, str]) -> list[str]:
    """The arguments of a scheduler."""
    address = checked_address(environ.get("LENSDB_DASK_SCHEDULER", DEFAULT_ADDRESS))
    listen = environ.get("LENSDB_DASK_LISTEN", address.host)
    return [
        *("scheduler", "--host", listen, "--port", str(address.port), "--protocol", "tls"),
        *_NO_DASHBOARD,
        *_tls_options(tls_of("scheduler", environ)),
    ]


def worker_command(environ: Mapping[str, str]) -> list[str]:
    """The arguments of a worker: one process, one slot, made anew every few hours against creeping growth."""
    address = checked_address(environ.get("LENSDB_DASK_SCHEDULER", DEFAULT_ADDRESS))
    listen = environ.get("LENSDB_DASK_LISTEN") or own_address_facing(address)
    return [
        *("worker", str(address), "--host", listen, "--protocol", "tls"),
        *_NO_DASHBOARD,
        *("--nworkers", "1", "--nthreads", "1", "--memory-limit", environ.get("LENSDB_WORKER_MEMORY", "2GiB")),
        *("--lifetime", "6 hours", "--lifetime-stagger", "30 minutes", "--lifetime-restart"),
        *("--death-timeout", "60", "--local-directory", str(_folder(environ))),
        *_tls_options(tls_of("worker", environ)),
    ]


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What Dask's processes may know of the environment."""
    kept = {name: value for name, value in environ.items() if _KEPT.fullmatch(name)}
    encrypted = {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}
    return _DASK_SETTINGS | kept | faults.environment(environ) | encrypted | {seals.VARIABLE: seals.setting(environ)}


def _folder(environ: Mapping[str, str]) -> Path:
    named = environ.get("LENSDB_DASK_FOLDER")
    return Path(named) if named else Path(environ.get("LENSDB_DATA", "var")).resolve() / "dask"


def _tls_options(tls: Tls) -> list[str]:
    return ["--tls-ca-file", tls.ca, "--tls-cert", tls.cert, "--tls-key", tls.key]


_ROLES: Final[Mapping[str, Callable[[Mapping[str, str]], list[str]]]] = {
    "scheduler": scheduler_command,
    "worker": worker_command,
}


def main(arguments: list[str]) -> None:
    """Become the role named."""
    if len(arguments) != 1 or arguments[0] not in _ROLES:
        sys.exit(f"usage: python -m lensdb.processing.roles {'|'.join(_ROLES)}")
    try:
        environment, command = clean_environment(os.environ), _ROLES[arguments[0]](os.environ)
    except (UnsafeAddressError, seals.SandboxSettingError, OSError) as error:
        # A name that is not known yet is one of them: the supervisor tries again.
        sys.exit(f"{arguments[0]}: {error}")
    if arguments[0] == "worker":
        _folder(os.environ).mkdir(mode=0o700, parents=True, exist_ok=True)
    os.execve(sys.executable, [sys.executable, "-m", "dask", *command], environment)  # noqa: S606 - our own command


if __name__ == "__main__":
    main(sys.argv[1:])
