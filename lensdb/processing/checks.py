"""What `manage.py check` says about this host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks

from lensdb.processing.sandbox import landlock, seccomp


@checks.register("security")
def sandbox(app_configs: Sequence[Any] | None, **_options: Any) -> list[checks.CheckMessage]:  # noqa: ARG001 - Django names the argument
    """Warn where the kernel cannot seal the child that decodes strangers' photos."""
    found: list[checks.CheckMessage] = []
    if not landlock.version():
        found.append(
            checks.Warning(
                "This kernel has no Landlock: code run by a hostile photo could read files of the worker's user.",
                hint="Run workers on Linux 5.13 or later with Landlock enabled, as a user of their own.",
                id="processing.W001",
            )
        )
    if not seccomp.is_supported():
        found.append(
            checks.Warning(
                "This kernel has no seccomp filters: code run by a hostile photo could open connections.",
                hint="Run workers on Linux (x86-64 or ARM 64) with seccomp, or in a network namespace of their own.",
                id="processing.W002",
            )
        )
    return found
