"""Settings are loud when wrong, and importing them starts nothing."""

import os
import secrets
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
    "LENSDB_SECRET_KEY": secrets.token_urlsafe(50),
    "LENSDB_SERIAL_KEYS": secrets.token_urlsafe(50),
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


@pytest.mark.parametrize("name", ["LENSDB_SECRET_KEY", "LENSDB_SERIAL_KEYS"])
@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("a", "has 1 characters"),
        ("x" * 100, "1 different characters only"),
        ("abcabcabc" * 9, "3 different characters only"),
        (f"django-insecure-{secrets.token_urlsafe(50)}", "for trying things out"),
    ],
)
def test_production_refuses_to_start_with_a_key_that_can_be_guessed(
    name: str, key: str, told: str, tmp_path: Path
) -> None:
    done = import_settings(tmp_path, **COMPLETE | {name: key})
    assert done.returncode != 0
    assert f"The key in {name}" in done.stderr
    assert told in done.stderr


def check_deploy(folder: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` on a site that is set up well but for what is changed."""
    uploads = folder / "uploads"
    if not uploads.exists():
        uploads.mkdir(mode=0o700)
    well = COMPLETE | {
        "LENSDB_PROXIES": "1",
        "LENSDB_EMAIL_URL": "smtp+tls://user:password@mail.example:587",
        "LENSDB_UPLOAD_TEMP": str(uploads),
    }
    return import_settings(folder, *("manage.py", "check", "--deploy", "--fail-level", "WARNING"), **well | changed)


def test_a_site_that_is_set_up_well_passes_every_check(tmp_path: Path) -> None:
    done = check_deploy(tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"LENSDB_SERIAL_KEYS": f"{secrets.token_urlsafe(50)},a"}, "Key 2 of LENSDB_SERIAL_KEYS has 1 characters"),
        ({"LENSDB_EMAIL_URL": "consolemail://"}, "Mail is not sent"),
        ({"LENSDB_EMAIL_URL": "dummymail://"}, "Mail is not sent"),
        ({"LENSDB_PROXIES": "0"}, "LENSDB_PROXIES is 0"),
        ({"LENSDB_UPLOAD_TEMP": ""}, "open to every user"),
        ({"LENSDB_UPLOAD_TEMP": "/nowhere/at/all"}, "not a folder that this user can write to"),
    ],
)
def test_check_deploy_says_what_is_wrong(changed: dict[str, str], told: str, tmp_path: Path) -> None:
    done = check_deploy(tmp_path, **changed)
    assert done.returncode != 0
    assert told in done.stderr


def test_an_upload_folder_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads").chmod(0o755)
    assert "open to every user" in check_deploy(tmp_path).stderr


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
