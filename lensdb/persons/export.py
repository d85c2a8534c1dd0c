"""A person's data as one ZIP file, made while it is sent: memory stays flat however much there is."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from lensdb.accounts.models import User
from lensdb.persons import records
from lensdb.submissions.models import Series

_PIECE: Final = 256 * 1024
_README: Final = """LensDB: everything this site holds of {email}, as of {now} UTC

account.json            your account
email_addresses.json    your e-mail addresses
tokens.json             the tokens of your tools; their secrets are stored nowhere
second_factors.json     which second factors you set up, without their secrets
copies.json             your lens copies, with serial numbers and service days
decisions.json          what you decided about other people's series, if you are a moderator
audit.json              what the audit log holds by you and about you
series/ID/series.json   one of your series: set-up, photos with what the camera wrote, decisions about it, jobs
series/ID/results/      what each analysis version measured in it, as `lensdb measure --json` writes it
series/ID/photos/       the photos as you sent them
series/ID/pictures/     the pictures made from them

Times are UTC. All JSON is UTF-8. A photo that is missing here is named in missing.txt.
"""


class _Sink(io.RawIOBase):
    """Where the ZIP file is written to; what has come in is taken out and sent."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        data, self._pieces = b"".join(self._pieces), []
        return data


def archive(person: User) -> Iterator[bytes]:
    """Yield the ZIP file of a person's data, piece by piece."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for _ in _Archive(file).written(person):
            yield sink.take()
    yield sink.take()


class _Archive:
    """Writes a person's data into a ZIP file; every generator here yields whenever there is something to send."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._missing: list[str] = []

    def written(self, person: User) -> Iterator[None]:
        """Write everything."""
        for name, content in _texts(person):
            self._file.writestr(name, content)
            yield
        for series in records.all_series(person):
            yield from self._series(series)
        if self._missing:
            self._file.writestr("missing.txt", "\n".join(self._missing) + "\n")

    def _series(self, series: Series) -> Iterator[None]:
        folder = f"series/{series.public_id}"
        self._file.writestr(f"{folder}/series.json", _json(records.series_record(series)))
        for measurement in series.measurements.all():
            self._file.writestr(f"{folder}/results/{measurement.analysis_version}.json", _json(measurement.result))
            yield
        for photo in series.photos.all():
            yield from self._copy("originals", photo.storage_name, f"{folder}/{records.photo_name(photo)}")
        for measurement in series.measurements.all():
            for name, digest in measurement.pictures.items():
                of_version = f"{folder}/pictures/{measurement.analysis_version}-{name}"
                yield from self._copy("derived", f"{digest[:2]}/{digest}.jpg", of_version)

    def _copy(self, alias: str, stored: str, name: str) -> Iterator[None]:
        """Copy a stored file as it is: photos do not get smaller."""
        storage = storages[alias]
        if not storage.exists(stored):
            self._missing.append(name)
            return
        entry = zipfile.ZipInfo(name, date_time=timezone.now().timetuple()[:6])
        with storage.open(stored) as source, self._file.open(entry, "w", force_zip64=True) as target:
            while piece := source.read(_PIECE):
                target.write(piece)
                yield
        yield


def _texts(person: User) -> Iterator[tuple[str, str]]:
    """Yield name and content of everything that is not of one series."""
    yield "README.txt", _README.format(email=person.email, now=f"{timezone.now():%Y-%m-%d %H:%M}")
    yield "account.json", _json(records.account(person))
    yield "email_addresses.json", _json(records.addresses(person))
    yield "tokens.json", _json(records.tokens(person))
    yield "second_factors.json", _json(records.second_factors(person))
    yield "copies.json", _json(records.copies(person))
    yield "decisions.json", _json(records.decided(person))
    yield "audit.json", _json(list(records.events(person)))


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
