"""The photographs of the test, who sends them, and an SQL script that judges what became of them."""

from __future__ import annotations

import csv
import io
import multiprocessing
import os
import subprocess
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import lensdb.tool  # noqa: F401 - keeps the linear algebra of the renderers to one thread each
from analysis.charts.design import chart_design
from analysis.synthetic import Camera, Scene, Series, render_series, specimen
from deploy.topology.machine import Places
from deploy.topology.network import inside

PRESET: Final = "canon-ef-50-1.2"
F_NUMBERS: Final = (1.2, 2.0, 2.8, 4.0)
PHOTOGRAPHERS: Final = ("ada@lensdb.example", "bruno@lensdb.example", "chiara@lensdb.example")
"""Each sends every series: across owners, equal files are different photos."""

JUDGE: Final = Path(__file__).with_name("judge.sql")


def render(folder: Path, n_series: int) -> list[Path]:
    """Render that many small series, two at a time; their folders."""
    folders = [folder / f"copy-{number % 3 + 1}" / f"series-{number:02d}" for number in range(n_series)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        list(pool.map(_render, folders, range(n_series)))
    return folders


def _render(folder: Path, number: int) -> None:
    folder.mkdir(parents=True)
    copy = number % 3 + 1
    scene = Scene(chart_design("A4"), focus_distance_mm=550.0, width_px=1200, height_px=800, pixel_pitch_um=15.0)
    camera = Camera(body_serial="SIM-BODY", lens_serial=f"SIM-{copy:04d}")
    lens = specimen(PRESET, copy)
    render_series(Series(scene, lens, f_numbers=F_NUMBERS, camera=camera, seed=number), folder)


@dataclass(frozen=True)
class Database:
    """PostgreSQL as its backup role reads it, from its own host, over its own link."""

    places: Places

    def rows(self, sql: str) -> list[dict[str, str]]:
        """The rows of one statement."""
        return self._read("--command", sql)

    def number(self, sql: str) -> int:
        """The one number a statement gives."""
        return int(next(iter(self.rows(sql)[0].values())))

    def judged(self) -> dict[str, int]:
        """What the independent script finds, by the name it gives each finding."""
        return {row["finding"]: int(row["number"]) for row in self._read("--file", str(JUDGE))}

    def may(self, role: str, statement: str, *, password: str | None = None) -> bool:
        """Whether one of the site's roles is let in and may run a statement."""
        return self._psql(role, "--command", statement, password=password).returncode == 0

    def _read(self, *words: str) -> list[dict[str, str]]:
        done = self._psql("backup", *words)
        done.check_returncode()
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def _psql(self, role: str, *words: str, password: str | None = None) -> subprocess.CompletedProcess[str]:
        if password is None:
            password = (self.places.secrets / f"{role}_password").read_text()
        line = ["psql", "--no-psqlrc", "--quiet", "--csv", "--set=ON_ERROR_STOP=1", "--host=postgres"]
        return subprocess.run(
            [*inside("postgres"), *line, f"--username=lensdb_{role}", "--dbname=lensdb", *words],
            env=os.environ | {"PATH": self.places.programs, "PGPASSWORD": password},
            capture_output=True,
            text=True,
            check=False,
        )
