"""Settings are loud when wrong, and importing them starts nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def import_settings(data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import lensdb.settings"],
        cwd=ROOT, env=kept | {"LENSDB_DATA": str(data)} | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


COMPLETE = {
    "DATABASE_URL": "postgres://lensdb@db/lensdb",
    "LENSDB_SECRET_KEY": "s" * 60,
    "LENSDB_SERIAL_KEYS": "k" * 60,
    "LENSDB_HOSTS": "lensdb.example",
}


def test_production_with_everything_starts_and_writes_nothing(tmp_path: Path) -> None:
    done = import_settings(tmp_path / "var", **COMPLETE)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_production_refuses_to_start_without(missing: str, tmp_path: Path) -> None:
    done = import_settings(tmp_path, **{name: value for name, value in COMPLETE.items() if name != missing})
    assert done.returncode != 0
    assert f"{missing} is not set" in done.stderr


def test_an_unknown_mode_is_refused(tmp_path: Path) -> None:
    done = import_settings(tmp_path, LENSDB_MODE="staging")
    assert "it must be demo, test or production" in done.stderr


def test_demo_makes_its_own_keys_for_its_owner_only_and_starts_no_server(tmp_path: Path) -> None:
    data = tmp_path / "var"
    done = import_settings(data, LENSDB_MODE="demo")
    assert done.returncode == 0, done.stderr
    assert {key.stat().st_mode & 0o777 for key in (data / "keys").iterdir()} == {0o600}
    assert [folder.name for folder in data.iterdir()] == ["keys"]
