"""Back up a site that runs: its database as of one moment, then every file that moment knows.

``python deploy/backup.py FOLDER`` reads ``DATABASE_URL`` (or ``DATABASE_URL_FILE``; the backup's own role will do) and
``LENSDB_DATA``. `FOLDER` keeps ``database.dump`` (with the one before it as ``database.previous.dump``) and ``files/``,
where a file is copied once: files are named by their digest and never change. What was erased from the site is removed
from ``files/`` once no kept dump can know it (`KEPT`).

The order matters: the dump first, then the files. A photo that arrives between the two is a file too many, never one
too few.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lensdb.lib.embedded_postgres import binary

KINDS: Final = ("originals", "derived")
KEPT: Final = 40 * 24 * 3600.0
"""Seconds after which a file that left the site leaves the backup too: older dumps must be gone by then."""


def database_url() -> str:
    """Where the database is: ``DATABASE_URL``, or what ``DATABASE_URL_FILE`` holds."""
    file = os.environ.get("DATABASE_URL_FILE")
    return Path(file).read_text().strip() if file else os.environ["DATABASE_URL"]


def dump(url: str, target: Path, *, snapshot: str = "") -> None:
    """Write the database to one compressed file, as of a moment another transaction holds open if named."""
    draft = target.with_suffix(".part")
    moment = ["--snapshot", snapshot] if snapshot else []
    # Owners and grants are the server's: deploy/postgres/roles.sql and deploy/migrate.py make them anew.
    command = [binary("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", *moment, f"--file={draft}"]
    subprocess.run([*command, f"--dbname={url}"], check=True)
    draft.replace(target)


def copy_files(data: Path, target: Path) -> tuple[int, int]:
    """Copy what is not there yet; how many files, and how many bytes."""
    n_files = n_bytes = 0
    for kind in KINDS:
        for source in (path for path in (data / kind).rglob("*") if path.is_file() and not path.name.startswith(".")):
            kept = target / source.relative_to(data)
            if kept.exists():
                os.utime(kept)
                continue
            kept.parent.mkdir(parents=True, exist_ok=True)
            draft = kept.with_name(f".{kept.name}")
            shutil.copyfile(source, draft)
            draft.replace(kept)
            n_files, n_bytes = n_files + 1, n_bytes + kept.stat().st_size
    return n_files, n_bytes


def forget_erased(target: Path, *, now: float) -> int:
    """Remove files that were last seen on the site longer ago than any kept dump."""
    gone = [path for path in target.rglob("*") if path.is_file() and now - path.stat().st_mtime > KEPT]
    for path in gone:
        path.unlink()
    return len(gone)


def main(folder: Path) -> None:
    """The command."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    started = time.monotonic()
    newest = folder / "database.dump"
    if newest.exists():
        shutil.copyfile(newest, folder / "database.previous.dump")
    dump(database_url(), newest)
    n_files, n_bytes = copy_files(Path(os.environ["LENSDB_DATA"]), folder / "files")
    forgotten = forget_erased(folder / "files", now=time.time())
    sys.stdout.write(
        f"database {newest.stat().st_size / 1e6:.1f} MB; {n_files} new files, {n_bytes / 1e6:.1f} MB; "
        f"{forgotten} erased ones removed; {time.monotonic() - started:.1f} s\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
