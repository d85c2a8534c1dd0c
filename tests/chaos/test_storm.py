"""One seed of the kill matrix and the poison in small: each in a process of its own, with a PostgreSQL of its own.

Every role dies once, and whoever passes a commit point before the commit, among forty series; `make chaos` kills every
role twice and after each commit too, among three hundred.
"""

import os
import subprocess
import sys

from tests.processes import ROOT

OWN = {"LENSDB_DATA", "DATABASE_URL", "LENSDB_MODE", "DJANGO_SETTINGS_MODULE"}
END_SECONDS = 1800  # on a machine that does much else; alone it takes a tenth of that


def test_one_storm_does_no_harm():
    assert "1 of 1 seeds without harm" in said_by("tests.chaos", "--seeds=1", "--series=40", "--light")


def test_bad_files_harm_nobody_else():
    told = said_by("tests.chaos.poison", "--bad=35", "--good=5")
    assert "all good ones measured, every bad one failed for its own reason" in told


def said_by(module, *arguments):
    """What the module printed; it ended well."""
    environment = {name: value for name, value in os.environ.items() if name not in OWN}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=END_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    return done.stdout
