"""The person of the export's benchmark, and what is measured of them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from lensdb.accounts.models import User
from lensdb.persons.export import archive
from lensdb.submissions import actions
from lensdb.submissions.models import Photo
from tests.factories.accounts import UserFactory
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.persons import stored
from tests.factories.submissions import SubmittedSeriesFactory

PHOTOS = 9


def prepare(n_series: int, photo_kb: int) -> User:
    """A person with so many measured series, every photo with bytes of its own."""
    call_command("migrate", verbosity=0)
    person = UserFactory()
    copy = actions.add_copy(by=person, lens_model=LensModelFactory(), serial="7712345")
    for _ in range(n_series):
        series = SubmittedSeriesFactory(owner=person, lens_copy=copy, f_numbers=[])
        for position in range(PHOTOS):
            digest = stored("originals", os.urandom(photo_kb * 1024))
            Photo.objects.create(
                series=series, position=position, file_name=f"IMG_{position:04}.JPG", sha256=digest,
                size_bytes=photo_kb * 1024, f_number=2.0, facts={"model": "Canon EOS 6D"},
            )  # fmt: skip
        SeriesMeasurementFactory(series=series, pictures={"reel.jpg": stored("derived", os.urandom(40_000), ".jpg")})
    return person


def read_plainly() -> tuple[float, int]:
    """Seconds for reading every stored file once, and how many there are."""
    began, n_files = time.perf_counter(), 0
    for folder in ("originals", "derived"):
        for path in (Path(settings.DATA_DIR) / folder).rglob("*"):
            if path.is_file():
                path.read_bytes()
                n_files += 1
    return time.perf_counter() - began, n_files


def export(person: User) -> int:
    """Make the archive and throw it away; how many bytes it had."""
    return sum(len(piece) for piece in archive(person))
