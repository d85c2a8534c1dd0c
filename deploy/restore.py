"""Restore a backup into an empty database and an empty folder: ``python deploy/restore.py FOLDER``.

Reads ``DATABASE_URL`` (the tables' owner) and ``LENSDB_DATA``. Run deploy/migrate.py afterwards: it gives the roles
their grants, and brings an older backup to this version.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from deploy.backup import KINDS, database_url
from lensdb.lib.embedded_postgres import binary


def database(dump: Path, *, url: str) -> None:
    """All of it or nothing."""
    command = [binary("pg_restore"), "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    subprocess.run([*command, f"--dbname={url}", str(dump)], check=True)


def files(kept: Path, data: Path, *, copy: Callable[[str, str], object] = shutil.copy2) -> None:
    """The originals and the derived pictures."""
    for kind in KINDS:
        if (kept / kind).exists():
            shutil.copytree(kept / kind, data / kind, copy_function=copy, dirs_exist_ok=True)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    database(folder / "database.dump", url=database_url())
    files(folder / "files", Path(os.environ["LENSDB_DATA"]))
