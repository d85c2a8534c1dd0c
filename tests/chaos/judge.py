"""Whether the storm did harm: the SQL script's verdict, the cells against a rebuild, and the files behind the rows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.chaos.negatives import NEGATIVES
from tests.chaos.postgres import Postgres
from tests.chaos.senders import Acknowledged
from tests.chaos.site import environment
from tests.processes import ROOT

SCRIPT: Final = Path(__file__).with_name("judge.sql")


def verdict(connection: psycopg.Connection[Any], acknowledged: Sequence[Acknowledged], n_series: int) -> list[str]:
    """Every broken rule of the script, with how often."""
    connection.execute("CREATE TEMP TABLE acknowledged (public_id text, is_torn boolean)")
    connection.execute("CREATE TEMP TABLE expected AS SELECT %s::int AS n_series, %s::int AS n_photos",
                       [n_series, len(NEGATIVES[0].f_numbers)])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO acknowledged VALUES (%s, %s)", [astuple(one) for one in acknowledged])
    return [f"{rule}: {n_broken}" for rule, n_broken in connection.execute(SCRIPT.read_text())]


def cells(database: str, folder: Path) -> list[str]:
    """What a rebuild of the cells would change."""
    command = [sys.executable, "manage.py", "rebuild_cells", "--check"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment(folder, database), capture_output=True, text=True, check=False
    )
    return [] if done.returncode == 0 else [*done.stdout.splitlines(), *done.stderr.splitlines()]


def files(postgres: Postgres, database: str, folder: Path) -> list[str]:
    """Photos and pictures that rows name and that are not there."""
    with postgres.connected(database) as connection:
        photos = connection.execute("SELECT DISTINCT sha256 FROM submissions_photo").fetchall()
        pictures = connection.execute(
            "SELECT DISTINCT picture.value FROM measurements_seriesmeasurement, jsonb_each_text(pictures) AS picture"
        ).fetchall()
    originals = [folder / "originals" / sha256[:2] / sha256 for (sha256,) in photos]
    derived = [folder / "derived" / sha256[:2] / f"{sha256}.jpg" for (sha256,) in pictures]
    missing = [path for path in (*originals, *derived) if not path.exists()]
    return [f"{len(missing)} files are missing, the first {missing[0]}"] if missing else []
