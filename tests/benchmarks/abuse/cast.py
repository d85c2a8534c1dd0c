"""The people and lenses of the benchmark: `python -m tests.benchmarks.abuse.cast FOLDER` adds them to a database.

The catalogue is in it already. This is a command, so that only it needs the site's keys and the database's owner. What
it made is in FOLDER/cast.json.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import django
from django.core.management import call_command

if TYPE_CHECKING:
    from lensdb.accounts.models import User

N_ATTACKERS: Final = 5
N_PHOTOGRAPHERS: Final = 4
N_COPIES: Final = 10
FOCAL_MM, DISTANCE_M, PIXEL_PITCH_UM = 50.0, 0.55, 6.0
_FILE: Final = "cast.json"


@dataclass(frozen=True, slots=True)
class Person:
    """An account and how to get in."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what there is.

    Attributes
    ----------
    attackers : new accounts.
    honest : a trusted photographer.
    public_lens : the lens of `N_COPIES` published copies, which nobody honest adds to meanwhile.
    own_lens : the lens whose series the honest photographer sends.
    serials : of the published copies. That strangers know them is the worst case: they stand on every lens for sale.
    series : a published series' public id.
    bytes_a_day, bytes_kept : a new account's quota.
    """

    attackers: tuple[Person, ...]
    honest: Person
    public_lens: str
    own_lens: str
    body: int
    serials: tuple[str, ...]
    series: str
    bytes_a_day: int
    bytes_kept: int

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The cast that was put into the database."""
        found: dict[str, Any] = json.loads((folder / _FILE).read_text())
        attackers = tuple(Person(**one) for one in found.pop("attackers"))
        return cls(**found | {"attackers": attackers, "honest": Person(**found["honest"])})

    def write(self, folder: Path) -> None:
        (folder / _FILE).write_text(json.dumps(asdict(self), indent=1))


def fill() -> Cast:
    """Make everybody and everything; Django is set up."""
    # After django.setup(): these know models.
    from lensdb.catalog.models import LensModel  # noqa: PLC0415
    from lensdb.limits.models import Quota  # noqa: PLC0415
    from tests.factories.catalog import CameraBodyFactory  # noqa: PLC0415

    public_lens = LensModel.objects.get(name="Canon EF 50mm f/1.4 USM")
    own_lens = LensModel.objects.get(name="Canon EF 50mm f/1.2L USM")
    body = CameraBodyFactory(pixel_pitch_um=PIXEL_PITCH_UM)
    serials, series = zip(*_published(public_lens, body), strict=True)
    honest, _ = _person("honest", trusted=True)
    quota = Quota.objects.get(level="new")
    return Cast(
        attackers=tuple(_person(f"attacker{number}")[0] for number in range(N_ATTACKERS)),
        honest=honest,
        public_lens=public_lens.slug,
        own_lens=own_lens.slug,
        body=body.pk,
        serials=serials,
        series=series[0],
        bytes_a_day=quota.bytes_a_day,
        bytes_kept=quota.bytes_kept,
    )


def _published(lens: Any, body: Any) -> Iterator[tuple[str, str]]:
    """Serial number and series of each copy, two series each, by several photographers."""
    from lensdb.submissions.actions import add_copy  # noqa: PLC0415
    from tests.factories.measurements import SeriesMeasurementFactory, series_result  # noqa: PLC0415
    from tests.factories.submissions import PublishedSeriesFactory  # noqa: PLC0415

    owners = [_person(f"photographer{number}", trusted=True)[1] for number in range(N_PHOTOGRAPHERS)]
    stops = (1.4, 2.0, 2.8, 4.0, 5.6, 8.0)
    for number in range(N_COPIES):
        owner, serial = owners[number % N_PHOTOGRAPHERS], f"7750{number:04}"
        copy = add_copy(by=owner, lens_model=lens, label=f"copy {number}", serial=serial)
        for repeat in range(2):
            series = PublishedSeriesFactory(
                owner=owner, lens_copy=copy, body=body, distance_m=DISTANCE_M, f_numbers=stops
            )
            shifts = {stop: (1.0 - 1.4 / stop) * (20.0 + number) + 0.4 * repeat for stop in stops}
            result = series_result(shifts_um=shifts, lens=lens.name, body=body.name, focal_length_mm=FOCAL_MM)
            SeriesMeasurementFactory(series=series, result=result)
        yield serial, series.public_id


def _person(name: str, *, trusted: bool = False) -> tuple[Person, User]:
    """An account whose e-mail address is confirmed."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415

    from tests.factories.accounts import UserFactory  # noqa: PLC0415

    person = Person(f"{name}@example.org", secrets.token_urlsafe(12))
    user = UserFactory(email=person.email, display_name=name, trusted=trusted, password=person.password)
    EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
    return person, user


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "lensdb.settings"
    django.setup()
    cast = fill()
    call_command("rebuild_cells", verbosity=0)
    cast.write(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
