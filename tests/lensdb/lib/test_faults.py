"""Dying at a named point: once, where armed, and never in production."""

import signal
import subprocess
import sys

import pytest

from lensdb.lib import faults

PASS = "from lensdb.lib import faults; faults.here('claim.before'); print('alive')"


def passing(tmp_path, **environment):
    return subprocess.run(
        [sys.executable, "-c", PASS],
        env={"LENSDB_FAULTS": str(tmp_path), "LENSDB_MODE": "test"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_armed_point_kills_once(tmp_path):
    (tmp_path / "claim.before").touch()
    (tmp_path / "claim.after").touch()
    assert passing(tmp_path).returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == ["claim.after"]
    assert passing(tmp_path).stdout == "alive\n"


def test_nothing_dies_in_production(tmp_path):
    (tmp_path / "claim.before").touch()
    assert passing(tmp_path, LENSDB_MODE="production").stdout == "alive\n"
    assert faults.environment({"LENSDB_MODE": "production", "LENSDB_FAULTS": "/x"}) == {}


def test_a_point_nobody_knows_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("LENSDB_FAULTS", str(tmp_path))
    with pytest.raises(ValueError, match=r"claim\.befor"):
        faults.here("claim.befor")
