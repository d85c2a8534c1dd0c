"""Hosts and links made of the kernel's own: a network namespace is a host, a bridge is a network.

Everything is made inside the namespaces that ``deploy/topology-test`` opened for itself, so the kernel removes it with
the test's last process, however that ends. The bridges have no address: nothing routes between networks.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


def ip(*arguments: str) -> None:
    """Run the ``ip`` command."""
    subprocess.run(["ip", *arguments], check=True)


def mount_tmpfs(folder: Path) -> None:
    """Cover a folder with an empty one of our own; nobody outside the test's namespaces sees it."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(folder)], check=True)


def replace_file(file: Path, text: str, folder: Path) -> None:
    """Let a file of the machine read otherwise inside the test's namespaces; the text is kept in `folder`."""
    ours = folder / file.name
    ours.write_text(text)
    subprocess.run(["mount", "--bind", str(ours), str(file)], check=True)


def inside(host: str) -> list[str]:
    """The words before a command that make it run on a host."""
    return ["nsenter", f"--net=/run/netns/{host}"]


@dataclass
class Network:
    """Hosts and where they are; `addresses` is by host, then by network."""

    addresses: dict[str, dict[str, str]] = field(default_factory=dict)
    bridges: dict[str, int] = field(default_factory=dict)

    def add_networks(self, names: Iterable[str]) -> None:
        """Lay out one bridge per network."""
        for name in names:
            self.bridges[name] = len(self.bridges) + 1
            ip("link", "add", self._bridge(name), "type", "bridge")
            ip("link", "set", self._bridge(name), "up")

    def add_host(self, host: str, networks: Iterable[str]) -> None:
        """Add a host with one link into each of these networks."""
        ip("netns", "add", host)
        ip("-n", host, "link", "set", "lo", "up")
        self.addresses[host] = {}
        for network in networks:
            number = self.bridges[network]
            address = f"10.81.{number}.{len(self.addresses) + 10}"
            near, far = self._link(host, network), f"eth{number}"
            ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", host)
            ip("link", "set", near, "master", self._bridge(network), "up")
            ip("-n", host, "address", "add", f"{address}/24", "dev", far)
            ip("-n", host, "link", "set", far, "up")
            self.addresses[host][network] = address

    def cut(self, host: str) -> None:
        """Pull all of a host's plugs: packets vanish, and nobody is told."""
        self._set(host, "down")

    def heal(self, host: str) -> None:
        """Put them back."""
        self._set(host, "up")

    def name_hosts(self, names: Mapping[str, str], folder: Path) -> None:
        """Let every host know these names (name -> address), as the engine's own name server would."""
        lines = ["127.0.0.1 localhost", *(f"{address} {name}" for name, address in names.items())]
        replace_file(Path("/etc/hosts"), "\n".join(lines) + "\n", folder)

    def _set(self, host: str, state: str) -> None:
        for network in self.addresses[host]:
            ip("link", "set", self._link(host, network), state)

    def _bridge(self, network: str) -> str:
        return f"br-{network}"

    def _link(self, host: str, network: str) -> str:
        """A name of at most 15 characters."""
        return f"v{list(self.addresses).index(host)}-{self.bridges[network]}"
