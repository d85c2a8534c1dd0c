"""A role is the same role under supervisor, compose and Kubernetes."""

import json
import re

import jsonschema
import pytest

from deploy.topology import compose as drawn
from deploy.topology.checks import OUTSIDE, PORTS, REACH
from tests.deploy.manifests import DEPLOY, ROOT, compose, compose_command, objects, pods, services, supervised

ROLES = ("web", "scheduler", "worker", "dispatch", "cells", "proxy")
CALLER = {"LENSDB_HOSTS": "lensdb.example", "LENSDB_EMAIL_URL": "smtp://mail.example"}
HOST_ONLY = {"LENSDB_HOSTS", "LENSDB_EMAIL_URL", "LENSDB_EMAIL_FROM"}
"""In Kubernetes these come from a ConfigMap."""


def test_the_compose_file_is_one():
    schema = json.loads((ROOT / "tests" / "deploy" / "compose-spec.json").read_text())
    jsonschema.validate(compose(), schema)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_started_alike_everywhere(role):
    told = compose_command(services()[role])
    assert pods()[role].container["command"] == told
    assert supervised()[role]["command"].split() == told


@pytest.mark.parametrize("role", [*ROLES, "sweep", "migrate", "backup"])
def test_a_role_has_the_same_image_and_environment_in_compose_and_kubernetes(role):
    service, pod = services()[role], pods()[role]
    assert service["image"].split(":")[0] == pod.container["image"].split(":")[0]
    listening = {"LENSDB_DASK_LISTEN"} if role == "scheduler" else set()
    names = set(pod.environment) - listening | (HOST_ONLY if "envFrom" in pod.container else set())
    assert set(service.get("environment", {})) == names
    for name, value in pod.environment.items():
        if name not in listening:
            wanted = value.replace("/run/secrets/lensdb", "/run/secrets")
            assert service["environment"][name] == wanted, name


def test_the_config_map_holds_what_compose_takes_from_its_caller():
    assert set(objects("ConfigMap")["web"]["data"]) == HOST_ONLY


def test_every_variable_is_one_that_the_code_reads():
    sources = [*(ROOT / "lensdb").rglob("*.py"), *DEPLOY.glob("*.py"), DEPLOY / "containers" / "healthcheck.py"]
    sources += [DEPLOY / "proxy" / "start"]
    read = set(
        re.findall(r"\b(?:LENSDB_\w+|DATABASE_URL|TMPDIR|DASK_CONFIG)\b", "".join(p.read_text() for p in sources))
    )
    read |= {"TMPDIR", "DASK_CONFIG"}  # Python's and Dask's own
    for name, told in services().items():
        given = {variable.removesuffix("_FILE") for variable in told.get("environment", {})}
        assert given <= read, name


def test_only_the_proxy_is_published_and_dask_has_no_dashboard():
    assert [name for name, told in compose()["services"].items() if "ports" in told] == ["proxy"]
    outward = [
        name for name, told in objects("Service").items() if told["spec"].get("type", "ClusterIP") != "ClusterIP"
    ]
    assert outward == ["proxy"]
    ports = {
        port["port"] for name, told in objects("Service").items() for port in told["spec"]["ports"] if name != "proxy"
    }
    assert ports == {8000, 8786}


def test_everything_is_restarted_always_but_what_ends():
    ends = {"migrate", "backup"}
    assert {name for name, told in services().items() if told["restart"] != "always"} == ends
    assert {told["autorestart"] for told in supervised().values()} == {"true"}
    assert {pod.name for pod in pods().values() if pod.spec.get("restartPolicy") == "Never"} == {
        *ends,
        "compare",
        "drill",
        "sweep",
    }


def test_nobody_is_root_and_nothing_is_writable_but_what_must_be():
    for name, told in compose()["services"].items():
        assert int(told["user"].split(":")[0]) > 0, name
        assert told["read_only"] is True, name
        assert told["cap_drop"] == ["ALL"], name
        assert told["security_opt"] == ["no-new-privileges:true"], name
        assert "mem_limit" in told or "memory" in told["deploy"]["resources"]["limits"], name
    for pod in pods().values():
        assert pod.spec["securityContext"]["runAsNonRoot"] is True, pod.name
        assert pod.spec["automountServiceAccountToken"] is False, pod.name
        hardened = pod.container["securityContext"]
        assert hardened["readOnlyRootFilesystem"] is True, pod.name
        assert hardened["allowPrivilegeEscalation"] is False, pod.name
        assert hardened["capabilities"] == {"drop": ["ALL"]}, pod.name
        assert "memory" in pod.container["resources"]["limits"], pod.name


def test_originals_are_written_by_web_alone_and_pictures_by_workers_alone():
    writers = {"originals": set(), "derived": set()}
    for name, service in drawn.read(CALLER).items():
        for mount in service.mounts:
            if mount.source in writers and not mount.read_only:
                writers[mount.source].add(f"compose {name}")
    for pod in pods().values():
        for mount in pod.container["volumeMounts"]:
            if mount["name"] in writers and not mount.get("readOnly"):
                writers[mount["name"]].add(f"kubernetes {pod.name}")
    sweeps = {"compose sweep", "kubernetes sweep"}  # which only deletes
    assert writers["originals"] == {"compose web", "kubernetes web"} | sweeps
    assert writers["derived"] == {"compose worker", "kubernetes worker"} | sweeps


def test_compose_networks_let_meet_who_must_and_nobody_else():
    read = drawn.read(CALLER)
    for host, wanted in REACH.items():
        if host == OUTSIDE:
            continue
        own = read[host.split("-")[0]]
        # A server's name means its address on the network it names first; web's port is open towards its database too.
        met = {name for name in PORTS if name != own.name and read[name].networks[0] in own.networks}
        assert met == wanted, host
    assert {name for name, told in read.items() if "dask" in told.networks} == {"scheduler", "worker", "dispatch"}
    for name in ("site", "data", "dask"):
        assert compose()["networks"][name]["internal"] is True


def test_kubernetes_policies_let_meet_who_must_and_nobody_else():
    found = pods()
    for host, wanted in REACH.items():
        own = host.split("-")[0]
        if host == OUTSIDE:
            continue
        met = {
            name for name in ("web", "scheduler", "proxy") if name != own and _may(found[own], found[name], PORTS[name])
        }
        met |= {"postgres"} if _may_leave_for(found[own], 5432) else set()
        assert met == wanted, host


def _policies(pod, direction):
    for told in objects("NetworkPolicy").values():
        if direction in told["spec"]["policyTypes"] and _selects(told["spec"]["podSelector"], pod):
            yield from told["spec"].get(direction.lower(), [])


def _selects(selector, pod):
    labels = selector.get("matchLabels", {}).items() <= pod.labels.items()
    return labels and all(
        pod.labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", [])
    )


def _may(source, target, port):
    out = any(_fits(rule, "to", target, port) for rule in _policies(source, "Egress"))
    return out and any(_fits(rule, "from", source, port) for rule in _policies(target, "Ingress"))


def _fits(rule, side, peer, port):
    if "ports" in rule and port not in {each["port"] for each in rule["ports"]}:
        return False
    peers = rule.get(side)
    return peers is None or any(
        "podSelector" in each and "namespaceSelector" not in each and _selects(each["podSelector"], peer)
        for each in peers
    )


def _may_leave_for(source, port):
    return any({"port": port} in rule.get("ports", []) for rule in _policies(source, "Egress"))
