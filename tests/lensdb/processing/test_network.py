import itertools

import pytest
from django.core.management import CommandError, call_command

from lensdb.processing import roles
from lensdb.processing.network import (
    Address,
    Tls,
    UnsafeAddressError,
    check_host,
    checked_address,
    own_address_facing,
    tls_from,
)

TLS = {"LENSDB_DASK_TLS_CA": "ca.pem", "LENSDB_DASK_TLS_CERT": "cert.pem", "LENSDB_DASK_TLS_KEY": "key.pem"}
ANYWHERE = "0.0.0.0"  # noqa: S104 - named to be refused


def test_tls_is_all_or_nothing():
    assert tls_from({}) is None
    assert tls_from(TLS) == Tls("ca.pem", "cert.pem", "key.pem")
    with pytest.raises(UnsafeAddressError, match="needs all of"):
        tls_from({"LENSDB_DASK_TLS_CA": "ca.pem"})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_loopback_needs_no_tls(host):
    assert checked_address(f"tcp://{host}:8786", None) == Address("tcp", host.strip("[]"), 8786)


@pytest.mark.parametrize("host", [ANYWHERE, "10.0.0.5", "scheduler", "[::]"])
def test_anywhere_else_does(host):
    with pytest.raises(UnsafeAddressError, match="not the loopback interface"):
        checked_address(f"tcp://{host}:8786", None)
    assert checked_address(f"tls://{host}:8786", tls_from(TLS)).scheme == "tls"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1", "127.0.0.1:8786", "http://127.0.0.1:1", "tls://127.0.0.1:1"])
def test_odd_addresses_are_refused(address):
    with pytest.raises(UnsafeAddressError):
        checked_address(address, None)


def test_listening_beyond_loopback_needs_tls():
    environ = {"LENSDB_DASK_SCHEDULER": "tcp://127.0.0.1:8786", "LENSDB_DASK_LISTEN": ANYWHERE}
    for command in (roles.scheduler_command, roles.worker_command):
        with pytest.raises(UnsafeAddressError):
            command(environ)
    check_host(ANYWHERE, tls_from(TLS))


def test_both_roles_bind_to_loopback_by_default():
    for command in (roles.scheduler_command({}), roles.worker_command({})):
        assert {("--host", "127.0.0.1"), ("--dashboard-address", "127.0.0.1:0")} <= _pairs(command)


def test_the_dispatcher_refuses_to_start_beyond_loopback_without_tls():
    with pytest.raises(CommandError, match="not the loopback interface"):
        call_command("dispatch", "--scheduler=tcp://10.0.0.5:8786")


def test_with_tls_both_roles_demand_certificates():
    environ = TLS | {"LENSDB_DASK_SCHEDULER": "tls://scheduler:8786", "LENSDB_DASK_LISTEN": ANYWHERE}
    for command in (roles.scheduler_command(environ), roles.worker_command(environ)):
        assert {("--tls-ca-file", "ca.pem"), ("--tls-cert", "cert.pem"), ("--tls-key", "key.pem")} <= _pairs(command)
    assert roles.clean_environment(environ)["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] == "True"


def test_a_worker_listens_where_it_faces_its_scheduler_so_that_a_container_need_not_know_its_own_address():
    assert own_address_facing(Address("tls", "127.0.0.1", 8786)) == "127.0.0.1"
    assert own_address_facing(Address("tls", "::1", 8786)) == "::1"
    command = roles.worker_command(TLS | {"LENSDB_DASK_SCHEDULER": "tls://127.0.0.1:8786"})
    assert ("--host", "127.0.0.1") in _pairs(command)


def test_secrets_of_the_site_do_not_reach_dask():
    secrets = {
        "DATABASE_URL": "postgres://u:p@h/d", "LENSDB_SECRET_KEY": "x", "LENSDB_SERIAL_KEYS": "x",
        "LENSDB_MODE": "production", "LENSDB_DATA": "/srv", "PGPASSWORD": "x", "DJANGO_SETTINGS_MODULE": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }  # fmt: skip
    kept = roles.clean_environment(secrets | {"PATH": "/bin", "LENSDB_MEASURE_MEMORY_MB": "512"})
    assert not secrets.keys() & kept.keys()
    assert (kept["PATH"], kept["LENSDB_MEASURE_MEMORY_MB"]) == ("/bin", "512")


def test_the_environment_wins_over_our_settings_of_dask_and_faults_reach_workers_in_tests_only():
    ttl = "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL"
    assert roles.clean_environment({})[ttl] == "60 seconds"
    told = roles.clean_environment({ttl: "5 seconds", "LENSDB_FAULTS": "/run/faults", "LENSDB_MODE": "test"})
    assert (told[ttl], told["LENSDB_FAULTS"]) == ("5 seconds", "/run/faults")
    assert "LENSDB_FAULTS" not in roles.clean_environment({"LENSDB_FAULTS": "/run/faults"})


def _pairs(command):
    return set(itertools.pairwise(command))
