"""Filling the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Manager

from lensdb.catalog import names
from lensdb.catalog.lensfun import BodyEntry, LensEntry
from lensdb.catalog.models import BodyAlias, CameraBody, CatalogRevision, LensAlias, LensModel, Maker, Mount


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many lenses and bodies a load added."""

    lenses: int
    bodies: int


Progress = Callable[[str], None]
"""Called with the name of each stage that begins."""

STAGES = ("makers and mounts", "lenses", "names of lenses", "mounts of lenses", "bodies", "names of bodies")


@transaction.atomic
def load(
    *,
    lenses: Sequence[LensEntry],
    bodies: Sequence[BodyEntry],
    pixel_pitches_um: dict[str, float],
    progress: Progress,
) -> Loaded:
    """Add what is missing. What people have entered or corrected stays as it is, so loading twice changes nothing."""
    progress(STAGES[0])
    makers = _ids(Maker.objects, {lens.maker for lens in lenses} | {body.maker for body in bodies})
    mounts = _ids(Mount.objects, {mount for lens in lenses for mount in lens.mounts} | {body.mount for body in bodies})
    progress(STAGES[1])
    n_lenses = _add_lenses(lenses, makers)
    progress(STAGES[2])
    known = {lens.name: lens.pk for lens in LensModel.objects.only("name")}
    LensAlias.objects.bulk_create(
        [LensAlias(lens_model_id=known[lens.name], text=text) for lens in lenses for text in sorted(lens.aliases)],
        ignore_conflicts=True,
    )
    progress(STAGES[3])
    through = LensModel.mounts.through
    through.objects.bulk_create(
        [
            through(lensmodel_id=known[lens.name], mount_id=mounts[mount])
            for lens in lenses
            for mount in sorted(lens.mounts)
        ],
        ignore_conflicts=True,
    )
    progress(STAGES[4])
    n_bodies = _add_bodies(bodies, makers, mounts, pixel_pitches_um)
    progress(STAGES[5])
    present = {body.name: body.pk for body in CameraBody.objects.only("name")}
    BodyAlias.objects.bulk_create(
        [BodyAlias(body_id=present[body.name], text=text) for body in bodies for text in sorted(body.aliases)],
        ignore_conflicts=True,  # two cameras that write the same name: the first has it
    )
    revise()
    return Loaded(n_lenses, n_bodies)


@transaction.atomic
def revise() -> None:
    """Say that the catalogue is another one from this commit on. Whatever writes it calls this in its transaction."""
    row, _ = CatalogRevision.objects.get_or_create(pk=1)
    CatalogRevision.objects.filter(pk=row.pk).update(number=F("number") + 1)


def _ids(manager: Manager[Any], wanted: Iterable[str]) -> dict[str, int]:
    """Primary keys by name of makers or mounts, those that are wanted made where they are missing."""
    manager.bulk_create([manager.model(name=name) for name in sorted(wanted)], ignore_conflicts=True)
    return dict(manager.values_list("name", "pk"))


def _add_lenses(lenses: Sequence[LensEntry], makers: dict[str, int]) -> int:
    known = set(LensModel.objects.values_list("name", flat=True))
    slugs = set(LensModel.objects.values_list("slug", flat=True))
    rows = []
    for lens in lenses:
        if lens.name in known:
            continue
        slug = _free_slug(names.slug(lens.name), slugs)
        slugs.add(slug)
        rows.append(
            LensModel(
                slug=slug,
                maker_id=makers[lens.maker],
                name=lens.name,
                min_focal_mm=lens.min_focal_mm,
                max_focal_mm=lens.max_focal_mm,
                widest_f_number=lens.widest_f_number,
                crop_factor=lens.crop_factor,
            )
        )
    return len(LensModel.objects.bulk_create(rows))


def _free_slug(wanted: str, taken: set[str]) -> str:
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    return slug


def _add_bodies(
    bodies: Sequence[BodyEntry], makers: dict[str, int], mounts: dict[str, int], pixel_pitches_um: dict[str, float]
) -> int:
    known = set(CameraBody.objects.values_list("name", flat=True))
    rows = [
        CameraBody(
            maker_id=makers[body.maker],
            name=body.name,
            mount_id=mounts[body.mount],
            crop_factor=body.crop_factor,
            pixel_pitch_um=next(
                (pixel_pitches_um[alias] for alias in sorted(body.aliases) if alias in pixel_pitches_um), None
            ),
        )
        for body in bodies
        if body.name not in known
    ]
    return len(CameraBody.objects.bulk_create(rows))
