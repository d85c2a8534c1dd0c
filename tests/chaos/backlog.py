"""Series put straight into the backlog, past the door of the site. Import it after Django is set up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from lensdb.accounts.models import User
from lensdb.catalog.models import CameraBody, LensModel
from lensdb.processing.actions import submit_series
from lensdb.submissions import actions
from lensdb.submissions.models import Photo
from tests.chaos.negatives import DISTANCE_M


def queue(photos: Sequence[bytes], f_numbers: Sequence[float], *, photographer: int = 0) -> int:
    """Submit a series with the newest body, whatever its photos are; its id.

    One photographer may hold half the slots; whoever wants them all counts `photographer` up, as far as there are any.
    """
    photographers = User.objects.order_by("id")
    owner, body = photographers[photographer % photographers.count()], CameraBody.objects.latest("id")
    lens = LensModel.objects.filter(widest_f_number=min(f_numbers)).latest("id")
    copy = actions.add_copy(by=owner, lens_model=lens, label="copy 1")
    series = actions.begin_series(by=owner, lens_copy=copy, body=body, distance_m=DISTANCE_M).series
    for position, (data, f_number) in enumerate(zip(photos, f_numbers, strict=False)):
        photo = Photo(
            series=series,
            position=position,
            file_name=f"IMG_{position:04}.JPG",
            sha256=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
            f_number=f_number,
        )
        if not storages["originals"].exists(photo.storage_name):
            storages["originals"].save(photo.storage_name, ContentFile(data))
        photo.save()
    submit_series(series=series, by=owner)
    return series.pk
