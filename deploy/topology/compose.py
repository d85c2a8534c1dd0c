"""What ``deploy/compose.yaml`` says, as far as a host in a network namespace can follow it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

FILE: Final = Path(__file__).resolve().parents[1] / "compose.yaml"
SECRETS: Final = "/run/secrets"
_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Mount:
    """A file or folder a service sees: a named volume, or a path beside the compose file."""

    source: str
    target: str
    read_only: bool

    @property
    def is_volume(self) -> bool:
        return not self.source.startswith((".", "/"))


@dataclass(frozen=True, slots=True)
class Service:
    """One service: `replicas` hosts that are alike."""

    name: str
    image: str
    command: tuple[str, ...]
    user: int
    environment: Mapping[str, str]
    networks: tuple[str, ...]
    mounts: tuple[Mount, ...]
    scratch: tuple[str, ...]
    restart: str
    replicas: int

    def hosts(self) -> tuple[str, ...]:
        """The names of its hosts."""
        if self.replicas == 1:
            return (self.name,)
        return tuple(f"{self.name}-{number}" for number in range(1, self.replicas + 1))


def read(values: Mapping[str, str], path: Path = FILE) -> dict[str, Service]:
    """The services by name, ``${NAME}`` replaced from `values`; a missing ``${NAME:?reason}`` is a `ValueError`."""
    document = yaml.safe_load(_filled(path.read_text(), values))
    return {name: _service(name, told) for name, told in document["services"].items()}


def networks(path: Path = FILE) -> tuple[str, ...]:
    """The names of the networks."""
    return tuple(yaml.safe_load(path.read_text())["networks"])


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value_of(found: re.Match[str]) -> str:
        given = values.get(found["name"], "")
        if not given and found["kind"] == "?":
            raise ValueError(f"{found['name']}: {found['rest']}")
        return given or (found["rest"] or "")

    return _VARIABLE.sub(value_of, text)


def _service(name: str, told: Mapping[str, Any]) -> Service:
    secrets = [Mount(f"secret:{secret}", f"{SECRETS}/{secret}", read_only=True) for secret in told.get("secrets", [])]
    return Service(
        name=name,
        image=told["image"],
        command=tuple(shlex.split(told["command"])),
        user=int(told["user"].split(":")[0]),
        environment=told.get("environment", {}),
        networks=tuple(told["networks"]),
        mounts=tuple(_mount(volume) for volume in told.get("volumes", [])) + tuple(secrets),
        scratch=tuple(place.split(":")[0] for place in told.get("tmpfs", [])),
        restart=told["restart"],
        replicas=told.get("deploy", {}).get("replicas", 1),
    )


def _mount(volume: str) -> Mount:
    source, target, *options = volume.split(":")
    return Mount(source, target, read_only="ro" in options)
