"""Static files as a production site collects and serves them."""

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage

from lensdb.web.staticfiles import SiteStaticFilesStorage


@pytest.fixture
def collected(tmp_path):
    """The built frontend and one file of our own, collected."""
    source = StaticFilesStorage(location=str(settings.BASE_DIR / "lensdb" / "web" / "static"))
    names = ["web/icon.svg", *(f"dist/assets/{name}" for name in source.listdir("dist/assets")[1])]
    storage = SiteStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    for name in names:
        with source.open(name) as file:
            storage.save(name, file)
    problems = [
        result
        for *_, result in storage.post_process({name: (storage, name) for name in names})
        if result not in {True, False}
    ]
    return storage, problems


def test_built_modules_keep_the_names_by_which_they_import_one_another(collected):
    storage, problems = collected
    assert problems == []
    manifest = json.loads(settings.FRONTEND_MANIFEST.read_text())
    for entry in manifest.values():
        assert storage.url(f"dist/{entry['file']}") == f"/static/dist/{entry['file']}"
        assert storage.exists(f"dist/{entry['file']}")


def test_other_files_get_a_digest(collected):
    storage, _ = collected
    assert re.fullmatch(r"/static/web/icon\.[0-9a-f]{12}\.svg", storage.url("web/icon.svg"))


def test_names_with_a_digest_may_be_kept_for_ever(collected):
    storage, _ = collected
    immutable = re.compile(settings.WHITENOISE_IMMUTABLE_FILE_TEST)
    manifest = json.loads(settings.FRONTEND_MANIFEST.read_text())
    assert all(immutable.match(storage.url(f"dist/{entry['file']}")) for entry in manifest.values())
    assert immutable.match(storage.url("web/icon.svg"))
    assert not immutable.match("/static/web/icon.svg")
