import itertools

import pytest
from django.core.management import CommandError, call_command

from lensdb.processing import roles
from lensdb.processing.network import Address, Tls, UnsafeAddressError, checked_address, own_address_facing, tls_of

CERTIFIED = {"LENSDB_DASK_CERTIFICATES": "/certificates"}
ANYWHERE = "0.0.0.0"  # noqa: S104 - every interface, with TLS


def test_a_role_shows_its_own_certificate():
    assert tls_of("worker", CERTIFIED) == Tls(
        "/certificates/dask-ca.pem", "/certificates/worker.pem", "/certificates/worker.key"
    )


def test_nothing_starts_without_certificates(monkeypatch):
    for command in (roles.scheduler_command, roles.worker_command):
        with pytest.raises(UnsafeAddressError, match="LENSDB_DASK_CERTIFICATES is not set"):
            command({})
    monkeypatch.delenv("LENSDB_DASK_CERTIFICATES")
    with pytest.raises(CommandError, match="LENSDB_DASK_CERTIFICATES is not set"):
        call_command("dispatch", "--scheduler=tls://127.0.0.1:8786")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "scheduler", ANYWHERE])
def test_an_address_without_tls_is_refused_wherever_it_is(host):
    with pytest.raises(UnsafeAddressError, match="TLS only"):
        checked_address(f"tcp://{host}:8786")
    assert checked_address(f"tls://{host}:8786") == Address(host.strip("[]"), 8786)


@pytest.mark.parametrize("address", ["tls://127.0.0.1", "127.0.0.1:8786", "http://127.0.0.1:1", "tls://:1", ""])
def test_odd_addresses_are_refused(address):
    with pytest.raises(UnsafeAddressError):
        checked_address(address)


def test_the_dispatcher_refuses_an_address_without_tls():
    with pytest.raises(CommandError, match="TLS only"):
        call_command("dispatch", "--scheduler=tcp://127.0.0.1:8786")


def test_both_roles_bind_to_loopback_by_default_and_demand_certificates():
    for role, command in (("scheduler", roles.scheduler_command), ("worker", roles.worker_command)):
        assert _pairs(command(CERTIFIED)) >= {
            ("--host", "127.0.0.1"),
            ("--protocol", "tls"),
            ("--dashboard-address", "127.0.0.1:0"),
            ("--tls-ca-file", "/certificates/dask-ca.pem"),
            ("--tls-cert", f"/certificates/{role}.pem"),
            ("--tls-key", f"/certificates/{role}.key"),
        }
    assert roles.clean_environment(CERTIFIED)["DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION"] == "True"


def test_a_worker_listens_where_it_faces_its_scheduler_so_that_a_container_need_not_know_its_own_address():
    assert own_address_facing(Address("127.0.0.1", 8786)) == "127.0.0.1"
    assert own_address_facing(Address("::1", 8786)) == "::1"
    command = roles.worker_command(CERTIFIED | {"LENSDB_DASK_SCHEDULER": "tls://127.0.0.1:8786"})
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


@pytest.mark.parametrize(
    ("environ", "setting"),
    [
        ({}, "required"),
        ({"LENSDB_MODE": "production"}, "required"),
        ({"LENSDB_SANDBOX": "optional"}, "optional"),
        ({"LENSDB_MODE": "demo"}, "required"),  # this kernel can seal
    ],
)
def test_workers_know_whether_they_must_seal_and_not_in_which_mode_the_site_runs(environ, setting):
    kept = roles.clean_environment(environ)
    assert kept["LENSDB_SANDBOX"] == setting
    assert "LENSDB_MODE" not in kept


def test_a_worker_that_is_told_a_third_word_does_not_start(monkeypatch):
    monkeypatch.setenv("LENSDB_SANDBOX", "off")
    with pytest.raises(SystemExit, match="must be required or optional"):
        roles.main(["worker"])
