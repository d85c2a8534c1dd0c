"""One host's process: its own network, its own view of the files, the environment compose gives it, nobody's root."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.topology.compose import Mount, Service
from deploy.topology.network import inside

ROOT: Final = Path(__file__).resolve().parents[2]
_INIT_FOLDER: Final = "/docker-entrypoint-initdb.d"
"""What lies there is read by the image's entrypoint; `ENTRYPOINTS` has ours."""

ENTRYPOINTS: Final[Mapping[str, Path]] = {"postgres": ROOT / "deploy" / "topology" / "postgres-entrypoint"}
"""What an image does before its command."""


@dataclass(frozen=True)
class Places:
    """Where the hosts' files really lie."""

    work: Path
    programs: str

    @property
    def secrets(self) -> Path:
        return self.work / "secrets"

    def source(self, mount: Mount) -> Path:
        """The file or folder behind a mount; a volume is made on first use."""
        if mount.source.startswith("secret:"):
            return self.secrets / mount.source.removeprefix("secret:")
        if not mount.is_volume:
            return ROOT / "deploy" / mount.source
        volume = self.work / "volumes" / mount.source
        volume.mkdir(parents=True, exist_ok=True)
        return volume


def command(service: Service, host: str, places: Places) -> list[str]:
    """The command that runs a service on a host; a script with its mounts is left in the work folder."""
    script = places.work / "hosts" / f"{host}.sh"
    script.parent.mkdir(exist_ok=True)
    script.write_text(script_of(service, places))
    return [*inside(host), "unshare", "--mount", "sh", str(script)]


def script_of(service: Service, places: Places, command: Sequence[str] | None = None) -> str:
    """Mounts, then the command as an ordinary user with nothing but its own environment."""
    mounts = [mount for mount in service.mounts if not mount.target.startswith(_INIT_FOLDER)]
    targets = [mount.target for mount in mounts] + list(service.scratch)
    lines = ["set -eu"]
    lines += [f"mount -t tmpfs -o mode=755 tmpfs {folder}" for folder in sorted(_covered(targets))]
    for mount in mounts:
        lines += _bind(places.source(mount), mount)
    lines += [line for place in service.scratch for line in _scratch(place)]
    environment = {"PATH": places.programs, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"} | dict(service.environment)
    given = [f"{name}={value}" for name, value in environment.items()]
    user = ["unshare", "--user", f"--map-user={service.user}", f"--map-group={service.user}"]
    entrypoint = [str(ENTRYPOINTS[service.name])] if service.name in ENTRYPOINTS and command is None else []
    words = ["exec", *user, "env", "-i", *given, *entrypoint, *(command or service.command)]
    return "\n".join([*lines, f"cd {shlex.quote(str(ROOT))}", shlex.join(words)]) + "\n"


def _covered(targets: Sequence[str]) -> set[str]:
    """Folders of the host to cover so that the targets can be made: the nearest that exist, /run always."""
    covered = set()
    for target in targets:
        folder = Path(target).parent
        while not folder.exists():
            folder = folder.parent
        covered.add("/run" if target.startswith("/run/") else str(folder))
    return covered


def _bind(source: Path, mount: Mount) -> list[str]:
    target = shlex.quote(mount.target)
    make = f"mkdir -p {target}" if source.is_dir() else f'mkdir -p "$(dirname {target})" && touch {target}'
    lines = [make, f"mount --bind {shlex.quote(str(source))} {target}"]
    if mount.read_only:
        lines.append(f"mount -o remount,bind,ro {target}")
    return lines


def _scratch(place: str) -> list[str]:
    return [f"mkdir -p {shlex.quote(place)}", f"mount -t tmpfs -o mode=1777 tmpfs {shlex.quote(place)}"]
