"""The figures of a page as CSV, for whoever has no script running or wants them for a program."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from analysis.statement.rows import SeriesShift
from lensdb.aggregates.exports import exported
from lensdb.aggregates.places import copy_places
from lensdb.aggregates.queries import lens_plot
from lensdb.aggregates.revisions import lens_version, site_version
from lensdb.catalog.queries import lenses_by_slug
from lensdb.lib.caching import shared
from lensdb.web.presenters.copy import own_curves
from lensdb.web.presenters.figures import COMPARE_COLUMNS, LENS_COLUMNS, cells_of, compare_rows, lens_rows
from lensdb.web.views.compare import compared_plot
from lensdb.web.views.copies import own_copy


@require_safe
@shared(lens_version)
def lens(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """What a lens page's plots show: all copies together and each for itself, by f-number and distance."""
    entry = get_object_or_404(lenses_by_slug(), slug=slug).current
    return _answer(f"{entry.slug}-focus-shift", cells_of(lens_rows(lens_plot(entry)), LENS_COLUMNS))


@require_safe
@shared(lens_version)
def lens_series(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """What every published series of a lens says."""
    entry = get_object_or_404(lenses_by_slug(), slug=slug).current
    return _answer(f"{entry.slug}-series", cells_of(exported(entry)["shifts"], SeriesShift._fields))


@require_safe
@login_required
def copy(request: HttpRequest, public_id: str) -> HttpResponse:
    """The reader's own copy beside the mean of all."""
    own = own_copy(request, public_id)
    plot = {**lens_plot(own.lens_model), "copies": own_curves(copy_places(own))}
    return _answer(f"{own.lens_model.slug}-{public_id}", cells_of(lens_rows(plot), LENS_COLUMNS))


@require_safe
@shared(site_version)
def compare(request: HttpRequest) -> HttpResponse:
    """The plot of a comparison; the same questions as the page."""
    plot = compared_plot(request.GET)
    if plot is None:
        raise Http404("None of these lenses has been measured.")
    return _answer("compare-focus-shift", cells_of(compare_rows(plot), COMPARE_COLUMNS))


def _answer(name: str, rows: Iterable[list[Any]]) -> HttpResponse:
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'}
    )
    csv.writer(answer).writerows(rows)
    return answer
