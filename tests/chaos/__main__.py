"""The command line of the kill matrix."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path

FOLDER = tempfile.TemporaryDirectory(prefix="lensdb-chaos-", ignore_cleanup_errors=True)
os.environ["LENSDB_MODE"] = "test"  # before anything reads the settings
os.environ["LENSDB_DATA"] = FOLDER.name

from lensdb.lib.faults import POINTS  # noqa: E402
from tests.chaos import storm  # noqa: E402
from tests.chaos.community import settled  # noqa: E402
from tests.chaos.negatives import rendered  # noqa: E402
from tests.chaos.postgres import Postgres  # noqa: E402

TEMPLATE = "before_the_storm"
DEATHS = 2
"""Of every role."""
STORM_POINTS = tuple(point for point in POINTS if not point.startswith("shown-version."))
"""Showing another version is an operator's act and no part of the storm; `test_show_version` kills it."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--series", type=int, default=300, help="sent in each")
    parser.add_argument("--light", action="store_true", help="every role dies once, and nobody after a commit")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: what was started is ended
    logging.disable(logging.INFO)  # of this process: a line for each request
    negatives = rendered()
    postgres = Postgres(Path(FOLDER.name) / "postgres")
    postgres.create(TEMPLATE)
    community = settled(postgres.url(TEMPLATE))

    points = [point for point in STORM_POINTS if not (arguments.light and point.endswith(".after"))]
    deaths = 1 if arguments.light else DEATHS
    setting = storm.Setting(postgres, TEMPLATE, community, negatives, points, deaths, Path(FOLDER.name))
    broken = 0
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        outcome = storm.run(setting, seed, arguments.series)
        broken += bool(outcome.wrong)
        print(outcome.told(arguments.series), flush=True)
    print(f"{arguments.seeds - broken} of {arguments.seeds} seeds without harm")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
