"""Settings are loud when wrong, and importing them starts nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


SAY_KEYS = "from lensdb.settings import SECRET_KEY, SERIAL_KEYS; print(repr(SECRET_KEY), SERIAL_KEYS)"


def import_settings(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *(arguments or ("-c", "import lensdb.settings"))],
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


def test_a_background_role_needs_the_database_only_and_holds_no_key(tmp_path: Path) -> None:
    done = import_settings(tmp_path, *("-c", SAY_KEYS), LENSDB_ROLE="background", DATABASE_URL=COMPLETE["DATABASE_URL"])
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "'' []"


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    places = {}
    for name, value in COMPLETE.items():
        (tmp_path / name).write_text(value)
        places[f"{name}_FILE"] = str(tmp_path / name)
    done = import_settings(tmp_path, *("-c", SAY_KEYS), **places)
    assert done.stdout.strip() == f"{COMPLETE['LENSDB_SECRET_KEY']!r} {[COMPLETE['LENSDB_SERIAL_KEYS']]!r}", done.stderr


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    done = import_settings(tmp_path, LENSDB_ROLE="dispatcher", **COMPLETE)
    assert "it must be web or background" in done.stderr


def test_an_unknown_mode_is_refused(tmp_path: Path) -> None:
    done = import_settings(tmp_path, LENSDB_MODE="staging")
    assert "it must be demo, test or production" in done.stderr


def test_demo_makes_its_own_keys_for_its_owner_only_and_starts_no_server(tmp_path: Path) -> None:
    data = tmp_path / "var"
    done = import_settings(data, LENSDB_MODE="demo")
    assert done.returncode == 0, done.stderr
    assert {key.stat().st_mode & 0o777 for key in (data / "keys").iterdir()} == {0o600}
    assert [folder.name for folder in data.iterdir()] == ["keys"]
