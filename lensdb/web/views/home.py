"""The first page."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lensdb.aggregates.queries import cells_of
from lensdb.aggregates.revisions import site_version
from lensdb.lib.caching import shared
from lensdb.web.presenters.curve import shown_range_um
from lensdb.web.presenters.index import index_row, typed_cells, worth_seeing
from lensdb.web.presenters.series_list import series_row
from lensdb.web.queries import best_known_lenses, kinds_of, newest_published

CANDIDATES: Final = 12
"""Lenses looked at for the few shown: those with most copies, whatever the archive holds."""
SHOWN_LENSES: Final = 3
SHOWN_SERIES: Final = 6


@require_safe
@shared(site_version)
def home(request: HttpRequest) -> HttpResponse:
    """A search box, three lenses worth seeing, how to take part, and the newest series."""
    measured = list(best_known_lenses(CANDIDATES))
    cells = typed_cells(cells_of(measured))
    range_um = shown_range_um(cells.values())
    kinds = kinds_of(measured)
    candidates = [index_row(lens, cells.get(lens.pk, []), range_um, kinds.get(lens.pk, "")) for lens in measured]
    rows = worth_seeing(candidates, SHOWN_LENSES)
    newest = [series_row(series) for series in newest_published(SHOWN_SERIES)]
    return render(request, "web/home.html", {"worth_seeing": rows, "newest": newest})
