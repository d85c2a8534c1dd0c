"""A backup of a site, restored into a server that is really another one."""

import hashlib
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from deploy import backup, drill
from tests.factories.submissions import PhotoFactory
from tests.processes import database_url

BYTES = b"as the camera wrote it"
SHA256 = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def site(monkeypatch):
    """A site with one photo; the environment points at it."""
    name = PhotoFactory(sha256=SHA256).storage_name
    storages["originals"].save(name, ContentFile(BYTES))
    monkeypatch.setenv("DATABASE_URL", database_url())
    monkeypatch.setenv("LENSDB_DATA", str(settings.DATA_DIR))
    return f"originals/{name}"


@pytest.mark.django_db(transaction=True)
def test_what_is_backed_up_comes_back_and_what_rotted_is_named(site, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["drill", str(tmp_path)])
    assert drill.main() == 0, capsys.readouterr().out
    told = capsys.readouterr().out
    assert "1 files: 0 differences" in told
    assert [path.name for path in tmp_path.iterdir()] == ["files"]  # the other server is gone

    (tmp_path / "files" / site).write_bytes(b"rotten")
    with psycopg.connect(database_url()) as connection:
        assert drill.check_files(connection, tmp_path / "files") == (1, [f"{site}: missing or damaged"])


@pytest.mark.django_db(transaction=True)
def test_a_file_is_copied_once_and_forgotten_long_after_it_left(site, tmp_path):
    data = Path(settings.DATA_DIR)
    assert backup.copy_files(data, tmp_path)[0] >= 1
    assert backup.copy_files(data, tmp_path) == (0, 0)
    kept = tmp_path / site
    seen = kept.stat().st_mtime
    assert backup.forget_erased(tmp_path, now=seen + backup.KEPT - 60) == 0
    assert backup.forget_erased(tmp_path, now=seen + backup.KEPT + 60) >= 1
    assert not kept.exists()
