"""The environment of every test run, set before Django's settings are read (a pytest plugin, see pyproject.toml).

The tests use a PostgreSQL of their own in a temporary folder; the processes of one run share it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from lensdb.lib.certificates import own_dask_certificates

os.environ["LENSDB_MODE"] = "test"
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["LENSDB_DATA"] = tempfile.mkdtemp(prefix="lensdb-test-")
    os.environ["LENSDB_DASK_CERTIFICATES"] = str(own_dask_certificates(Path(os.environ["LENSDB_DATA"])))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the test's thread


def pytest_configure() -> None:
    """Start (or join) the PostgreSQL server, unless DATABASE_URL names another."""
    from lensdb.lib import embedded_postgres  # noqa: PLC0415 - after the environment is set

    if "DATABASE_URL" not in os.environ:
        embedded_postgres.join(Path(os.environ["LENSDB_DATA"]) / "postgres", ephemeral=True)
