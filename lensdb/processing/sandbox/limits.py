"""What a measuring child may use."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one child.

    `memory_bytes` is what it may ask for beyond what its helper has loaded. `analysis.photos.memory` lets no photo in
    that takes a process beyond 1536 MiB, so no series of photos that it judges rightly comes near: this is the wall
    behind that table, and with the helper's 110 MiB it stands below 2 GB. It is some way off because address space is
    counted, which is asked for before it is used and handed back in pieces. `output_bytes` is the size that any file
    the child writes may have.
    """

    memory_bytes: int = 1792 * MIB
    cpu_seconds: int = 300
    wall_seconds: int = 900
    output_bytes: int = 256 * MIB

    def apply(self, *, open_files: int) -> None:
        """Bind the calling process for good. It may hold `open_files` descriptors, those it has included."""
        _set(resource.RLIMIT_AS, _address_space_bytes() + self.memory_bytes)
        resource.setrlimit(resource.RLIMIT_CPU, (self.cpu_seconds, self.cpu_seconds + 5))  # SIGXCPU, then SIGKILL
        _set(resource.RLIMIT_FSIZE, self.output_bytes)
        _set(resource.RLIMIT_NOFILE, open_files)
        _set(resource.RLIMIT_NPROC, 0)
        _set(resource.RLIMIT_CORE, 0)


def _address_space_bytes() -> int:
    """Address space of the calling process; 0 where the kernel does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _set(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))
