"""Lenses and bodies."""

import factory
from django.utils.text import slugify

from lensdb.catalog.models import BodyAlias, CameraBody, LensAlias, LensModel, Maker, Mount


class MakerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Maker
        django_get_or_create = ["name"]

    name = "Canon"


class MountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mount
        django_get_or_create = ["name"]

    name = "Canon EF"


class LensModelFactory(factory.django.DjangoModelFactory):
    """A fast 50 mm lens."""

    class Meta:
        model = LensModel

    maker = factory.SubFactory(MakerFactory)
    name = factory.Sequence(lambda n: f"Canon EF 50mm f/1.2L Mk{n}")
    slug = factory.LazyAttribute(lambda lens: slugify(lens.name.replace("/", "").replace(".", "-")))
    min_focal_mm = 50.0
    max_focal_mm = 50.0
    widest_f_number = 1.2


class LensAliasFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LensAlias

    lens_model = factory.SubFactory(LensModelFactory)
    text = "ef50mmf1.2lusm"


class CameraBodyFactory(factory.django.DjangoModelFactory):
    """A full-frame body with pixels of 6 µm."""

    class Meta:
        model = CameraBody

    maker = factory.SubFactory(MakerFactory)
    mount = factory.SubFactory(MountFactory)
    name = factory.Sequence(lambda n: f"Canon EOS {n}D")
    crop_factor = 1.0
    pixel_pitch_um = 6.0


class BodyAliasFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BodyAlias

    body = factory.SubFactory(CameraBodyFactory)
    text = factory.LazyAttribute(lambda alias: alias.body.name.lower())
