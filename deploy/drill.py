"""The restore drill; ``deploy/backup-drill`` runs it.

The site may go on running: the backup and the figures to compare with are taken as of one and the same moment.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from deploy import backup, restore
from lensdb.lib.embedded_postgres import binary, without_root

ROOT: Final = Path(__file__).resolve().parent.parent
_TABLES: Final[LiteralString] = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_DIGEST: Final[LiteralString] = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} AS t"
"""Rows, and a sum over them that does not depend on their order."""

_FILES: Final[LiteralString] = """
    SELECT DISTINCT 'originals/' || substr(sha256, 1, 2) || '/' || sha256, sha256 FROM submissions_photo
    UNION SELECT DISTINCT 'derived/' || substr(value, 1, 2) || '/' || value || '.jpg', value
    FROM measurements_seriesmeasurement, jsonb_each_text(pictures)
"""
"""Every file the database knows, and what its bytes must hash to."""

Contents = dict[str, tuple[int, int]]


def main() -> int:
    """The command; 0 when everything came back."""
    with contextlib.ExitStack() as stack:
        given = sys.argv[1:]
        folder = Path(given[0]) if given else Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drill-")))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        drill = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drill-", dir=folder)))
        started = time.monotonic()
        wanted = take(drill, folder / "files")
        backed_up = time.monotonic()
        url = stack.enter_context(scratch_server(drill / "server"))
        began = time.monotonic()
        restore.database(drill / "database.dump", url=url)
        restore.files(folder / "files", drill / "restored", copy=os.link)  # the same disk: no second copy of the photos
        restored = time.monotonic()
        with psycopg.connect(url) as connection:
            found = contents(connection)
            n_files, wrong = check_files(connection, drill / "restored")
        wrong += [
            f"{table}: {found.get(table)}, not {rows}" for table, rows in wanted.items() if found.get(table) != rows
        ]
        wrong += what_the_site_says(url, drill / "restored")
    rows = sum(count for count, _ in wanted.values())
    say(f"backup   {backed_up - started:6.1f} s")
    say(f"restore  {restored - began:6.1f} s")
    say(f"compared {len(wanted)} tables, {rows} rows, {n_files} files: {len(wrong)} differences")
    for line in wrong[:20]:
        say(f"  {line}")
    return 1 if wrong else 0


def take(drill: Path, files: Path) -> Contents:
    """Back up the site; what its tables held at that moment."""
    url = backup.database_url()
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        backup.dump(url, drill / "database.dump", snapshot=row[0] if row else "")
        held = contents(connection)
    backup.copy_files(Path(os.environ["LENSDB_DATA"]), files)
    return held


def contents(connection: psycopg.Connection) -> Contents:
    """Rows and digest of every table."""
    found: Contents = {}
    connection.execute("SET timezone = 'UTC'")  # times are compared as text
    for (table,) in connection.execute(_TABLES).fetchall():
        row = connection.execute(sql.SQL(_DIGEST).format(sql.Identifier(table))).fetchone()
        found[table] = (row[0], int(row[1])) if row else (0, 0)
    return found


def check_files(connection: psycopg.Connection, data: Path) -> tuple[int, list[str]]:
    """How many files the database knows, and which of them are missing or damaged."""
    rows = connection.execute(_FILES).fetchall()
    return len(rows), [f"{place}: missing or damaged" for place, sha256 in rows if digest(data / place) != sha256]


def digest(path: Path) -> str:
    """The file's SHA-256; empty when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def what_the_site_says(url: str, data: Path) -> list[str]:
    """The site's own opinion of what was restored: its tables are of this version, its cells what a rebuild makes."""
    environment = os.environ | {"DATABASE_URL": url, "LENSDB_DATA": str(data), "LENSDB_ROLE": "background"}
    environment.pop("DATABASE_URL_FILE", None)
    wrong = []
    for words in (("migrate", "--check"), ("rebuild_cells", "--check")):
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            wrong.append(f"manage.py {' '.join(words)}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return wrong


@contextlib.contextmanager
def scratch_server(folder: Path) -> Iterator[str]:
    """Another PostgreSQL server, empty, on a socket of its own; its database's address."""
    with tempfile.TemporaryDirectory(prefix="drill-pg-") as socket:
        run("initdb", "--auth=trust", "--username=drill", "--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={folder}")
        options = f"-k {socket} -c listen_addresses=''"
        run("pg_ctl", f"--pgdata={folder}", "--wait", f"--log={folder}.log", f"--options={options}", "start")
        try:
            address = f"host={socket} user=drill"
            with psycopg.connect(f"{address} dbname=postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE lensdb")
            yield f"postgresql://drill@{socket.replace('/', '%2F')}/lensdb"
        finally:
            run("pg_ctl", f"--pgdata={folder}", "--wait", "--mode=fast", "stop")


def run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as somebody it accepts."""
    subprocess.run([*without_root(), binary(program), *arguments], check=True, stdout=subprocess.DEVNULL)


def say(line: str) -> None:
    """To whoever runs the drill."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
