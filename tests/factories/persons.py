"""A person of whom the site holds something of every kind."""

import hashlib
from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client

from lensdb.accounts.actions import create_token
from lensdb.accounts.models import User
from lensdb.catalog.models import LensModel
from lensdb.moderation import actions as moderation
from lensdb.submissions import actions as submissions
from lensdb.submissions.models import Photo, Series
from lensdb.submissions.services import record_service
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory, photo_result, series_result
from tests.factories.processing import JobFactory
from tests.factories.submissions import SeriesFactory, SubmittedSeriesFactory

CANARY = "KanarieKanarie"


def stored(alias: str, content: bytes, ending: str = "") -> str:
    """Store a file by its digest, and return the digest."""
    digest = hashlib.sha256(content).hexdigest()
    storages[alias].save(f"{digest[:2]}/{digest}{ending}", ContentFile(content))
    return digest


def person_with_everything(*, lens: LensModel | None = None, serial: str = f"77{CANARY}") -> User:
    """A photographer whose every word is a canary: published, waiting and draft series, files, tokens and the rest."""
    person = UserFactory(email=f"{CANARY}@example.org".lower(), display_name=f"Ada {CANARY}")
    address = EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    Client().force_login(person)
    create_token(by=person, name=f"{CANARY} laptop")
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(person)
    copy = submissions.add_copy(by=person, lens_model=lens or LensModelFactory(), label=CANARY, serial=serial)
    record_service(by=person, lens_copy=copy, serviced_on=date(2026, 1, 31), note=f"by {CANARY}")
    moderator = ModeratorFactory()
    published, waiting = (
        SubmittedSeriesFactory(owner=person, lens_copy=copy, note=f"note {CANARY}", f_numbers=[]) for _ in range(2)
    )
    draft = SeriesFactory(owner=person, lens_copy=copy, note=CANARY)
    for number, series in enumerate((published, waiting, draft)):
        _photo(series, number)
    picture = stored("derived", b"\xff\xd8" + CANARY.encode() + b"\xff\xd9", ".jpg")
    photo = photo_result(f_number=1.2, best_focus_mm=0.1, file=f"{CANARY}.JPG")
    for series in (published, waiting):
        result = series_result(photos=(photo,))
        SeriesMeasurementFactory(series=series, pictures={"reel.jpg": picture}, result=result)
        JobFactory(series=series)
    moderation.accept(series=published, by=moderator, note=f"thank you, {CANARY}")
    for row in (person, copy, address, published):
        LogEntry.objects.log_actions(moderator.pk, [row], CHANGE, change_message=CANARY)
    return person


def _photo(series: Series, number: int) -> None:
    content = f"{CANARY} {number}".encode()
    Photo.objects.create(
        series=series,
        position=0,
        file_name=f"{CANARY}-{number}.JPG",
        sha256=stored("originals", content),
        size_bytes=len(content),
        f_number=1.2,
        facts={"model": "Canon EOS 6D", "software": CANARY},
    )
