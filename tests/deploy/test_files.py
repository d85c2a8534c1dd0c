"""The files beside the manifests: the proxy's limits, the images' locks, Dask's settings, PostgreSQL's roles."""

import re

import distributed  # noqa: F401 - registers Dask's defaults
import pytest
import yaml
from dask.config import get
from django.conf import settings

from deploy import make_secrets
from tests.deploy.manifests import DEPLOY, ROOT, services, supervised

MIB = 1024 * 1024


def test_the_proxy_takes_the_largest_photo_and_little_more():
    conf = (DEPLOY / "proxy" / "nginx.conf").read_text()
    limits = [int(size) * MIB for size in re.findall(r"client_max_body_size (\d+)m;", conf)]
    assert min(limits) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert settings.PHOTO_MAX_BYTES < max(limits) < settings.PHOTO_MAX_BYTES + 2 * MIB


def test_the_proxy_hands_off_where_web_sends_it():
    conf = (DEPLOY / "proxy" / "nginx.conf").read_text()
    handoff = services()["web"]["environment"]["LENSDB_DERIVED_HANDOFF"]
    location = conf[conf.index(f"location {handoff} {{") :]
    assert "internal;" in location[: location.index("}")]
    assert f'LENSDB_DERIVED_HANDOFF="{handoff}"' in supervised()["web"]["environment"]


def packages(lock):
    """Name and version of everything in a lock, and whether each line of it has a hash."""
    text = lock.read_text()
    return set(re.findall(r"^([\w.-]+==[\w.+]+)", text, re.MULTILINE)), text.count("--hash=sha256:")


@pytest.mark.parametrize("name", ["server", "dask", "backup"])
def test_an_images_packages_are_those_of_the_tests_with_their_hashes(name):
    ours, n_hashes = packages(DEPLOY / "containers" / f"{name}.lock")
    everything, _ = packages(ROOT / "requirements.lock")
    assert ours <= everything
    assert n_hashes >= len(ours)


def test_the_image_of_scheduler_and_workers_has_no_django_and_no_database():
    names = {package.split("==")[0] for package in packages(DEPLOY / "containers" / "dask.lock")[0]}
    assert "distributed" in names
    assert not {name for name in names if re.match(r"django|psycopg|gunicorn|cryptography", name)}


def test_images_are_pinned_and_run_as_somebody():
    text = (DEPLOY / "containers" / "Containerfile").read_text()
    stages = re.findall(r"^FROM (\S+) AS (\S+)$", text, re.MULTILINE)
    names = {stage for _, stage in stages}
    for base in {base for base, _ in stages} - names:
        assert re.search(r":\d+\.\d+", base), base
    for target in ("server", "dask", "proxy"):
        body = text[text.index(f" AS {target}\n") :].split("\nFROM ")[0]
        assert "USER 10001:10001" in body
        assert "HEALTHCHECK" in body
    assert {told["build"]["target"] for told in services().values() if "build" in told} <= names


def test_builds_see_no_secret():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    assert {"deploy/secrets", "deploy/backup"} <= set(ignored)
    assert {"deploy/secrets/", "deploy/backup/"} <= set((ROOT / ".gitignore").read_text().splitlines())


def test_dask_knows_every_setting_we_give_it():
    def leaves(tree, path=()):
        for name, value in tree.items():
            if isinstance(value, dict):
                yield from leaves(value, (*path, name))
            else:
                yield ".".join((*path, name))

    for setting in leaves(yaml.safe_load((DEPLOY / "dask" / "distributed.yaml").read_text())):
        assert get(setting, default=...) is not ..., setting


def test_the_database_knows_the_roles_whose_passwords_are_made():
    text = (DEPLOY / "postgres" / "roles.sql").read_text()
    made = set(re.findall(r"CREATE ROLE lensdb_(\w+) LOGIN PASSWORD :'(\w+)'", text))
    assert made == {(role, f"{role}_password") for role in make_secrets.DATABASE_ROLES}
    hba = (DEPLOY / "postgres" / "pg_hba.conf").read_text()
    let_in = {
        line.split()[2] for line in hba.splitlines() if line.endswith("scram-sha-256") and line.startswith("host")
    }
    assert let_in == {",".join(f"lensdb_{role}" for role in make_secrets.DATABASE_ROLES)}
    assert not re.search(r"\b(trust|md5|password|ident)$", hba, re.MULTILINE)
