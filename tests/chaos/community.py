"""Who sends what in a storm: a database with people, lenses and a body, made once and copied for every seed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

import django
from django.core.management import call_command
from django.db import connections

from tests.chaos.negatives import DISTANCE_M, NEGATIVES, PIXEL_PITCH_UM

PHOTOGRAPHERS: Final = 5
COPIES_EACH: Final = 4
TORN_EVERY: Final = 30
"""Every thirtieth series has photos that are cut off: it must fail, and for that reason."""


@dataclass(frozen=True, slots=True)
class Community:
    """What a sender needs to know: the tokens of the photographers, the lens of each negative, the body."""

    tokens: tuple[str, ...]
    lenses: tuple[str, ...]
    body: int


@dataclass(frozen=True, slots=True)
class Planned:
    """One series to send: whose it is, which negative is printed, and the name of the copy it was taken with."""

    number: int
    token: str
    negative: int
    lens: str
    body: int
    copy: str
    is_torn: bool

    def fields(self) -> dict[str, object]:
        """What the API is asked for."""
        return {
            "lens": self.lens,
            "body": self.body,
            "new_copy": {"label": self.copy},
            "chart": "auto",
            "distance_m": DISTANCE_M,
            "focusing_method": "live_view",
        }


def settled(database: str) -> Community:
    """Migrate this empty database and fill it with people, lenses and a body. Sets Django up, once in a process."""
    os.environ["DATABASE_URL"] = database
    os.environ["DJANGO_SETTINGS_MODULE"] = "lensdb.settings"
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    try:
        return people_and_things()
    finally:
        connections.close_all()


def planned(community: Community, n_series: int) -> list[Planned]:
    """What is sent: photographers, lenses and copies in turn, so that every cell is made of many series."""
    numbers = range(n_series)
    tokens = islice(cycle(community.tokens), n_series)
    return [
        Planned(
            number=number,
            token=token,
            negative=number % len(NEGATIVES),
            lens=community.lenses[number % len(NEGATIVES)],
            body=community.body,
            copy=f"copy {number // (len(community.tokens) * len(NEGATIVES)) % COPIES_EACH + 1}",
            is_torn=number % TORN_EVERY == TORN_EVERY // 2,
        )
        for number, token in zip(numbers, tokens, strict=True)
    ]


def people_and_things() -> Community:
    """Trusted photographers with a token each, the lenses of the negatives, and one body."""
    # After django.setup(): these know models.
    from lensdb.accounts.actions import create_token  # noqa: PLC0415
    from lensdb.limits.models import Level, Quota  # noqa: PLC0415
    from tests.factories.accounts import UserFactory  # noqa: PLC0415
    from tests.factories.catalog import CameraBodyFactory, LensModelFactory  # noqa: PLC0415

    people = UserFactory.create_batch(PHOTOGRAPHERS, trusted=True)
    # Five people send what hundreds would: quotas are tested elsewhere.
    Quota.objects.filter(pk=Level.TRUSTED).update(
        drafts=100_000, copies=100_000, series_a_day=100_000, bytes_a_day=2**50, bytes_kept=2**50
    )
    slugs = {}
    for widest in {negative.f_numbers[0] for negative in NEGATIVES}:
        slugs[widest] = LensModelFactory(name=f"Canon EF 50mm f/{widest} USM", widest_f_number=widest).slug
    return Community(
        tokens=tuple(create_token(by=person, name="storm").secret for person in people),
        lenses=tuple(slugs[negative.f_numbers[0]] for negative in NEGATIVES),
        body=CameraBodyFactory(pixel_pitch_um=PIXEL_PITCH_UM).pk,
    )
