"""`make benchmark-export`: how long a person's export takes, and how much memory.

A person with so many series of nine photos each is made in a database of its own; the export is timed beside a plain
reading of the same files, and its memory is what the process held more at the end than before.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

GOAL_S = 60.0
GOAL_MB = 100.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1000, help="Series; the goal is for 1,000.")
    parser.add_argument("--photo-kb", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lensdb-export-") as folder:
        os.environ |= {"LENSDB_MODE": "test", "LENSDB_DATA": folder, "DJANGO_SETTINGS_MODULE": "lensdb.settings"}
        from lensdb.lib import embedded_postgres  # noqa: PLC0415 - after the environment is set

        embedded_postgres.join(Path(folder) / "postgres", ephemeral=True)
        import django  # noqa: PLC0415 - likewise

        django.setup()
        from tests.benchmarks.export_person import export, prepare, read_plainly  # noqa: PLC0415 - needs Django

        person = prepare(asked.n, asked.photo_kb)
        plain_s, n_files = read_plainly()
        before_mb = peak_mb()
        began = time.perf_counter()
        n_bytes = export(person)
        took_s, more_mb = time.perf_counter() - began, peak_mb() - before_mb
        print(f"{asked.n} series, {n_files} files, {n_bytes / 1e6:.0f} MB in the archive")
        print(f"{took_s:.1f} s (goal {GOAL_S:.0f} s for 1,000), {took_s / plain_s:.1f} times reading the files alone")
        print(f"{more_mb:.0f} MB more memory at its peak (goal {GOAL_MB:.0f})")
        is_met = took_s <= GOAL_S * max(asked.n / 1000, 0.1) and more_mb <= GOAL_MB
        raise SystemExit(0 if is_met else 1)


def peak_mb() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
