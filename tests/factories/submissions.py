"""Lens copies, series and photos."""

import hashlib
from typing import Any

import factory
from django.utils import timezone

from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Photo, Series, Specimen
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CameraBodyFactory, LensModelFactory


class SpecimenFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Specimen

    lens_model = factory.SubFactory(LensModelFactory)


class LensCopyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LensCopy

    owner = factory.SubFactory(UserFactory)
    lens_model = factory.SubFactory(LensModelFactory)
    specimen = factory.SubFactory(SpecimenFactory, lens_model=factory.SelfAttribute("..lens_model"))
    entered_as = factory.SelfAttribute("specimen")
    label = "my fifty"


class SeriesFactory(factory.django.DjangoModelFactory):
    """A draft without photos."""

    class Meta:
        model = Series
        skip_postgeneration_save = True

    owner = factory.SubFactory(UserFactory)
    lens_copy = factory.SubFactory(LensCopyFactory, owner=factory.SelfAttribute("..owner"))
    body = factory.SubFactory(CameraBodyFactory)
    distance_m = 0.5

    @factory.post_generation
    def f_numbers(self: Series, create: Any, extracted: Any, **kwargs: Any) -> None:
        for position, f_number in enumerate(extracted or ()):
            PhotoFactory(series=self, position=position, f_number=f_number)


class SubmittedSeriesFactory(SeriesFactory):
    """A series with seven photos that waits for a moderator."""

    submitted_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def f_numbers(self: Series, create: Any, extracted: Any, **kwargs: Any) -> None:
        for position, f_number in enumerate((1.2, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0) if extracted is None else extracted):
            PhotoFactory(series=self, position=position, f_number=f_number)


class PublishedSeriesFactory(SubmittedSeriesFactory):
    standing = Standing.PUBLISHED


class PhotoFactory(factory.django.DjangoModelFactory):
    """A row alone: no file lies behind it."""

    class Meta:
        model = Photo

    series = factory.SubFactory(SeriesFactory)
    position = factory.Sequence(lambda n: n)
    file_name = factory.LazyAttribute(lambda photo: f"IMG_{photo.position:04}.JPG")
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    size_bytes = 9_800_000
    f_number = 1.2
