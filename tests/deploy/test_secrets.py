"""Secrets are made, referred to and never written down."""

import re
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from deploy import make_secrets
from deploy.topology import compose as drawn
from lensdb.lib.certificates import DASK_ROLES
from tests.deploy.manifests import DEPLOY, compose, pods


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "secrets"
    make_secrets.make(folder, hosts=["lensdb.example"], database_host="postgres")
    return folder


def certificate(folder, name):
    return x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())


def test_every_secret_that_compose_names_is_made(folder):
    for name, told in compose()["secrets"].items():
        assert told["file"] == f"secrets/{name}"
        assert (folder / name).read_text()


def test_every_secret_that_a_pod_reads_is_made(folder):
    for pod in pods().values():
        files = (
            [value for value in pod.environment.values() if value and value.startswith("/run/secrets/lensdb/")]
            if "env" in pod.container
            else []
        )
        for file in files:
            assert (folder / file.rsplit("/", 1)[1]).exists(), (pod.name, file)


def test_no_secret_has_a_default_or_stands_in_a_file():
    text = (DEPLOY / "compose.yaml").read_text()
    assert set(re.findall(r"\$\{(\w+):-", text)) == {
        "LENSDB_VERSION", "LENSDB_EMAIL_FROM", "LENSDB_BACKUP",
    }  # fmt: skip
    telling = re.compile(r"PASSWORD|SECRET|TOKEN|DATABASE_URL|_KEYS?$|_KEY_FILE$")
    for name, told in compose()["services"].items():
        for variable, value in told.get("environment", {}).items():
            assert not telling.search(variable) or str(value).startswith("/run/secrets/"), (name, variable)
    for pod in pods().values():
        for variable, value in (pod.environment if "env" in pod.container else {}).items():
            assert not telling.search(variable) or value.startswith("/run/secrets/"), (pod.name, variable)


@pytest.mark.parametrize("missing", ["LENSDB_HOSTS", "LENSDB_EMAIL_URL"])
def test_compose_does_not_start_without(missing):
    given = {"LENSDB_HOSTS": "lensdb.example", "LENSDB_EMAIL_URL": "smtp://mail.example"}
    with pytest.raises(ValueError, match=missing):
        drawn.read({name: value for name, value in given.items() if name != missing})


def test_workers_and_scheduler_hold_their_own_certificate_and_nothing_else():
    for name in ("scheduler", "worker"):
        assert set(compose()["services"][name]["secrets"]) == {"dask-ca.pem", f"{name}.pem", f"{name}.key"}


def test_background_roles_hold_neither_key_nor_anothers_database_password():
    for name in ("dispatch", "cells", "migrate", "backup"):
        held = set(compose()["services"][name]["secrets"])
        assert not held & {"secret_key", "serial_keys", "metrics_token"}
        assert len({secret for secret in held if secret.endswith("_url")}) == 1


def test_nobody_but_its_owner_gets_into_the_folder(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "dask-ca.key").stat().st_mode) == 0o400


def test_dasks_certificates_are_signed_by_an_authority_that_signs_nothing_else(folder):
    authority = certificate(folder, "dask-ca")
    for role in DASK_ROLES:
        certificate(folder, role).verify_directly_issued_by(authority)
    for name in ("site", "monitoring"):
        with pytest.raises(ValueError, match=r"[Ii]ssuer"):
            certificate(folder, name).verify_directly_issued_by(authority)
        certificate(folder, name).verify_directly_issued_by(certificate(folder, "site-ca"))


def test_certificates_are_for_what_they_are_for(folder):
    wanted = {
        "worker": {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH},
        "site": {ExtendedKeyUsageOID.SERVER_AUTH},
        "monitoring": {ExtendedKeyUsageOID.CLIENT_AUTH},
    }
    for name, usage in wanted.items():
        made = certificate(folder, name)
        assert set(made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == usage
        assert made.not_valid_after_utc < datetime.now(UTC) + timedelta(days=398)  # what browsers still believe
    names = certificate(folder, "site").extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["lensdb.example"]


def test_a_second_run_keeps_everything_and_renewing_changes_the_roles_certificates_only(tmp_path):
    def contents():
        return {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    make_secrets.make(tmp_path, hosts=["lensdb.example"], database_host="postgres")
    first = contents()
    make_secrets.make(tmp_path, hosts=["lensdb.example"], database_host="postgres")
    assert contents() == first
    make_secrets.make(tmp_path, hosts=["lensdb.example"], database_host="postgres", renew=True)
    changed = {name for name, content in contents().items() if content != first[name]}
    assert changed == {f"{name}.{end}" for name in (*DASK_ROLES, "site", "monitoring") for end in ("pem", "key")}
