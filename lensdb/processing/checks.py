"""What `manage.py check` says about this host."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from django.core import checks

from lensdb.processing.sandbox import seals

_WITHOUT: Final = {
    "Landlock": (
        "001",
        "This kernel has no Landlock: code run by a hostile photo could read files of the worker's user.",
        "Run workers on Linux 5.13 or later with Landlock enabled, as a user of their own.",
    ),
    "seccomp": (
        "002",
        "This kernel has no seccomp filters: code run by a hostile photo could open connections.",
        "Run workers on Linux (x86-64 or ARM 64) with seccomp, or in a network namespace of their own.",
    ),
}


@checks.register("security")
def sandbox(app_configs: Sequence[Any] | None, **_options: Any) -> list[checks.CheckMessage]:  # noqa: ARG001 - Django names the argument
    """Say where the kernel cannot seal the child that decodes strangers' photos: an error unless that is optional."""
    try:
        is_required = seals.setting(os.environ) == seals.REQUIRED
    except seals.SandboxSettingError as error:
        return [checks.Error(f"{error}.", id="processing.E003")]
    found: list[checks.CheckMessage] = []
    for number, sentence, hint in (_WITHOUT[name] for name in seals.missing()):
        if is_required:
            told = f"{hint} LENSDB_SANDBOX=optional measures without."
            found.append(checks.Error(f"{sentence} Nothing is measured here.", hint=told, id=f"processing.E{number}"))
        else:
            found.append(checks.Warning(sentence, hint=hint, id=f"processing.W{number}"))
    return found
