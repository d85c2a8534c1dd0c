"""Whether the measuring child must be sealed, and whether this kernel can seal it.

``LENSDB_SANDBOX`` is ``required`` or ``optional``. Unset it is required in production, and elsewhere wherever the
kernel can. Where it is required, a child that cannot be sealed measures nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lensdb.processing.sandbox import landlock, seccomp

VARIABLE: Final = "LENSDB_SANDBOX"
REQUIRED: Final = "required"
OPTIONAL: Final = "optional"


class SandboxSettingError(ValueError):
    """``LENSDB_SANDBOX`` is neither of its two words."""


def missing() -> list[str]:
    """The seals that this kernel does not have."""
    found = {"Landlock": bool(landlock.version()), "seccomp": seccomp.is_supported()}
    return [name for name, is_there in found.items() if not is_there]


def setting(environ: Mapping[str, str]) -> str:
    """`REQUIRED` or `OPTIONAL`, as the environment of the site says.

    Raises
    ------
    SandboxSettingError
    """
    said = environ.get(VARIABLE, "")
    if not said:
        is_production = environ.get("LENSDB_MODE", "production") == "production"
        return REQUIRED if is_production or not missing() else OPTIONAL
    if said not in {REQUIRED, OPTIONAL}:
        raise SandboxSettingError(f"{VARIABLE} is {said!r}; it must be {REQUIRED} or {OPTIONAL}")
    return said


def is_required(environ: Mapping[str, str]) -> bool:
    """Whether a worker with this environment may measure in a sealed child alone; `roles` puts the setting there."""
    return environ.get(VARIABLE, REQUIRED) != OPTIONAL
