"""The deployment for one server with real users of the machine: who gets to what, and a series on its way through it.

Needs root, for it makes users: in a copy of /etc that only the test's own processes see.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.single_host import ROOT, nginx_is_missing

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="makes users, which only root may"),
    pytest.mark.skipif(nginx_is_missing(), reason="nginx is not installed: apt-get install nginx-light"),
]
OWN_ETC = 'cp -a /etc "$1/etc" && mount --bind "$1/etc" /etc'


def opened(place, folder):
    """Commands that let other users reach a place inside a folder of root's own, by covering that folder."""
    closed = next((parent for parent in reversed(place.parents) if not parent.stat().st_mode & 0o001), None)
    if closed is None:
        return []
    aside = folder / f"aside-{place.name}"
    return [
        f"mkdir {aside} && mount --bind {place} {aside}",
        f"mount -t tmpfs -o mode=755 tmpfs {closed}",
        f"mkdir -p {place} && mount --bind {aside} {place}",
    ]


@pytest.fixture(scope="module")
def told():
    """What the processes of the test found out, by what was asked."""
    folder = Path(tempfile.mkdtemp(prefix="lensdb-host-", dir="/tmp"))
    folder.chmod(0o755)
    script = " && ".join([OWN_ETC, *opened(Path(sys.base_prefix), folder), 'shift && exec "$@"'])
    command = ["unshare", "--mount", "sh", "-c", script, "sh", str(folder)]
    command += [sys.executable, "-m", "tests.integration.single_host_story", str(folder / "host")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LENSDB_", "DATABASE_"))}
    try:
        done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False, timeout=400)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return dict(line.split("\t") for line in done.stdout.splitlines() if "\t" in line)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_roles_run_as_the_users_they_should(told):
    wanted = {"cells": "lensdb", "dispatch": "lensdb", "web": "lensdb"}
    wanted |= {"scheduler": "lensdb-dask", "worker": "lensdb-dask"}
    assert dict(pair.split() for pair in told["users of the roles"].split(", ")) == wanted


def test_another_user_gets_no_handshake_from_dask(told):
    assert told["nobody: handshake without a certificate"] == "no"
    assert told["nobody: handshake with a certificate of its own"] == "no"
    assert told["nobody: reads a key of Dask's"] == "no"
    assert told["lensdb-dask: handshake with its certificate"] == "yes"


def test_dasks_user_reads_photos_and_nothing_else_of_the_sites(told):
    assert told["lensdb-dask: reads an original"] == "yes"
    assert told["lensdb-dask: changes an original"] == "no"
    assert told["lensdb-dask: writes a derived picture"] == "yes"
    for secret in ("serial_keys", "secret_key", "web_url", "owner_url", "dispatch.key", "site.key"):
        assert told[f"lensdb-dask: reads {secret}"] == "no", secret
    assert told["lensdb-dask: reads uploads on their way"] == "no"
    assert told["lensdb-dask: is let into PostgreSQL"] == "no"
    assert told["secrets in the environment of Dask's processes"] == "none"


def test_nobody_else_reads_photos(told):
    assert told["nobody: reads an original"] == "no"
    assert told["www-data: reads an original"] == "no"
    assert told["www-data: reads a derived picture"] == "yes"


def test_a_series_is_measured_and_its_picture_sent_by_the_proxy(told):
    assert told["the series"] == "published"
    assert told["its picture"] == "200 image/jpeg"
