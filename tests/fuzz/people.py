"""Who asks the API, and what is there to be asked for."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command

from lensdb.accounts.actions import create_token
from lensdb.aggregates.actions import refresh_next
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory, SeriesFactory, SubmittedSeriesFactory


def made() -> tuple[dict[str, str | None], dict[str, list[Any]]]:
    """Fill an empty database; a token for each who asks, and the names of what exists by their place in addresses."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    owner, moderator = UserFactory(), ModeratorFactory()
    lens_copy = LensCopyFactory(owner=owner)
    published = [PublishedSeriesFactory(owner=owner, lens_copy=lens_copy) for _ in range(3)]
    waiting = SubmittedSeriesFactory(owner=owner)
    for series in (*published, waiting):
        SeriesMeasurementFactory(series=series)
    while refresh_next():
        pass
    drafts = SeriesFactory.create_batch(10, owner=owner, lens_copy=lens_copy, f_numbers=[1.2, 2.8])
    spare = create_token(by=owner, name="spare").token
    tokens = {
        "anonymous": None,
        "owner": create_token(by=owner, name="fuzz").secret,
        "moderator": create_token(by=moderator, name="fuzz").secret,
    }
    names = {
        "slug": [lens_copy.lens_model.slug],
        "public_id": [series.public_id for series in (*published, waiting, *drafts)],
        "photo": [photo.pk for draft in drafts for photo in draft.photos.all()],
        "prefix": [spare.prefix],
    }
    return tokens, names
