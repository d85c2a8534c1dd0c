"""What a moderator has to see before two records become one lens, or two entries of the catalogue one design."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from lensdb.aggregates.places import CopyPlace, copy_places
from lensdb.aggregates.queries import lens_verdict
from lensdb.catalog.models import LensModel
from lensdb.submissions import specimens
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import LensCopy, Series, Specimen


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What is known of one record.

    Attributes
    ----------
    has_serial : whether its owner gave a serial number; which one is nobody's business.
    n_sent, n_published : its own series.
    bodies, distances_m, services : where and when it was used, as its owner said; without struck service days.
    place : where its own published series lie; None without any.
    together : the other records that are counted as the same lens.
    """

    copy: LensCopy
    has_serial: bool
    n_sent: int
    n_published: int
    bodies: tuple[str, ...]
    distances_m: tuple[float, ...]
    services: tuple[str, ...]
    place: CopyPlace | None
    together: tuple[LensCopy, ...]


@dataclass(frozen=True, slots=True)
class LensFacts:
    """What is known of one entry of the catalogue; `reason` is what its page says whose doing the shift is."""

    lens: LensModel
    mounts: tuple[str, ...]
    n_copies: int
    n_published: int
    reason: str


def as_counted_now(copy: LensCopy) -> LensCopy:
    """A record as it is counted now."""
    return LensCopy.objects.select_related("lens_model", "specimen", "entered_as", "owner").get(pk=copy.pk)


def counted_together(copy: LensCopy) -> list[LensCopy]:
    """The records that are counted as one lens with this one, it among them, in the order they were made."""
    together: QuerySet[LensCopy] = LensCopy.objects.filter(specimen__copies=copy).order_by("pk")
    return list(together.select_related("entered_as"))


def joint(copy: LensCopy) -> Specimen | None:
    """The specimen that, merged with another of its lens model, brought a record to those it is counted with.

    What was merged under an entry of the catalogue that has itself been merged is left alone: it would go back there.
    """
    return next(
        (
            specimen
            for specimen in specimens.way(copy.entered_as)
            if specimen.merged_into is not None and specimen.lens_model_id == copy.lens_model_id
        ),
        None,
    )


def leaving_with(copy: LensCopy) -> list[LensCopy]:
    """The records that go where this one goes when it is parted from those it is counted with, it among them."""
    joined = joint(copy)
    if joined is None:
        return [copy]
    return list(LensCopy.objects.filter(entered_as__in=specimens.with_merged(joined)).order_by("pk"))


def kinds_of_series(specimen: Specimen) -> frozenset[bool]:
    """Whether what was sent of a specimen was rendered: both values where both came, none where nothing did."""
    sent = Series.objects.filter(lens_copy__specimen=specimen, submitted_at__isnull=False)
    return frozenset(sent.order_by().values_list("is_simulated", flat=True).distinct())


def copy_facts(copy: LensCopy) -> CopyFacts:
    """What is known of one record."""
    copy = as_counted_now(copy)
    sent = list(copy.series.filter(submitted_at__isnull=False).select_related("body"))
    places = copy_places(copy)
    return CopyFacts(
        copy=copy,
        has_serial=bool(copy.serial_cipher),
        n_sent=len(sent),
        n_published=sum(series.standing == Standing.PUBLISHED for series in sent),
        bodies=tuple(sorted({series.body.name for series in sent})),
        distances_m=tuple(sorted({series.distance_m for series in sent if series.distance_m})),
        services=tuple(f"{event.serviced_on}" for event in copy.service_events.filter(struck_at=None)),
        place=places[-1] if places else None,
        together=tuple(other for other in counted_together(copy) if other != copy),
    )


def lens_facts(lens: LensModel) -> LensFacts:
    """What is known of one entry of the catalogue."""
    verdict = lens_verdict(lens)
    published = Series.objects.filter(lens_copy__lens_model=lens, standing=Standing.PUBLISHED)
    return LensFacts(
        lens=lens,
        mounts=tuple(lens.mounts.values_list("name", flat=True)),
        n_copies=lens.copies.values("specimen").distinct().count(),
        n_published=published.count(),
        reason=verdict["reason"] if verdict else "",
    )
