"""Makes an empty data folder into a site that can start: schema, catalogue, people, static files."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from lensdb.catalog.models import CameraBody, LensModel
from lensdb.demo import people
from lensdb.demo.stories import SECOND_BODY


def prepare(folder: Path) -> dict[str, str]:
    """Bring the site's data up to date; on a second start there is next to nothing to do. Returns the passwords."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    if not LensModel.objects.exists() or not CameraBody.objects.filter(name=SECOND_BODY).exists():
        call_command("load_catalog", verbosity=0)
    if _static_files_are_older_than_the_frontend():
        call_command("collectstatic", verbosity=0, interactive=False)
    return people.settle_in(folder)


def _static_files_are_older_than_the_frontend() -> bool:
    collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
    built = settings.FRONTEND_MANIFEST
    return not collected.exists() or collected.stat().st_mtime < built.stat().st_mtime
