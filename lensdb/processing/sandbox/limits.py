"""What a measuring child may use."""

from __future__ import annotations

import resource
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one child.

    `memory_bytes` counts address space, what the helper has imported included; `output_bytes` is the size any file it
    writes may have.
    """

    memory_bytes: int = 4096 * MIB
    cpu_seconds: int = 300
    wall_seconds: int = 900
    output_bytes: int = 256 * MIB

    def apply(self, *, open_files: int) -> None:
        """Bind the calling process for good. It may hold `open_files` descriptors, those it has included."""
        _set(resource.RLIMIT_AS, self.memory_bytes)
        resource.setrlimit(resource.RLIMIT_CPU, (self.cpu_seconds, self.cpu_seconds + 5))  # SIGXCPU, then SIGKILL
        _set(resource.RLIMIT_FSIZE, self.output_bytes)
        _set(resource.RLIMIT_NOFILE, open_files)
        _set(resource.RLIMIT_NPROC, 0)
        _set(resource.RLIMIT_CORE, 0)


def _set(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))
