"""How static files are named and kept by browsers."""

from __future__ import annotations

from typing import Any, Final

from whitenoise.storage import CompressedManifestStaticFilesStorage

BUILT: Final = "dist/assets/"
"""What the frontend's build wrote. Its names carry a digest already, and its modules import one another by them."""


class SiteStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names with digests for everything but what bears one: renaming a built module would load it twice."""

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        if name.startswith(BUILT):
            return name
        return str(super().hashed_name(name, content, filename))
