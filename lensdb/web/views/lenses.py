"""Lens index and lens page."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from lensdb.aggregates.queries import cells_of, lens_plot
from lensdb.catalog.models import LensModel
from lensdb.catalog.queries import lenses
from lensdb.catalog.search import search
from lensdb.web.presenters.curve import shown_range_um
from lensdb.web.presenters.index import index_row, typed_cells
from lensdb.web.presenters.lens import cell_row, copy_rows, headline, telling_row
from lensdb.web.presenters.series import series_row
from lensdb.web.queries import measured_lenses, mounts_of, published_series

LENSES_PER_PAGE: Final = 100
SERIES_PER_PAGE: Final = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every measured lens; with a query, whatever the catalogue has, measured or not."""
    query, mount = request.GET.get("q", "").strip()[:100], request.GET.get("mount", "")
    shown = lenses() if query else measured_lenses()
    if mount:
        shown = shown.filter(mounts__name=mount)
    matches = search(query, within=shown) if query else shown.order_by("name")
    page = Paginator(matches, LENSES_PER_PAGE).get_page(request.GET.get("page"))
    found = list(page)
    cells = typed_cells(cells_of(found))
    range_um = shown_range_um(cells.values())
    rows = [index_row(lens, cells.get(lens.pk, []), range_um) for lens in found]
    context = {
        "query": query,
        "mount": mount,
        "mounts": mounts_of(measured_lenses()),
        "page": page,
        "page_query": urlencode({"q": query, "mount": mount}),
        "rows": rows,
        "has_curves": any(row.curve for row in rows),
        "range_um": range_um,
    }
    return render(request, "web/lens_index.html", context)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One lens: the computed sentences, plots with their table, copies, and the published series."""
    lens = get_object_or_404(LensModel.objects.select_related("maker"), slug=slug)
    plot = lens_plot(lens)
    told = headline(plot["model"])
    page = Paginator(published_series(lens), SERIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "lens": lens,
        "plot": plot,
        "headline": str(told),
        "rows": [cell_row(cell) for cell in plot["model"]],
        "telling": telling_row(told.cell),
        "copies": copy_rows(plot["copies"], told.cell),
        "series": [series_row(series) for series in page],
        "page": page,
        "updated_at": parse_datetime(plot["updated_at"]) if plot["updated_at"] else None,
    }
    return render(request, "web/lens.html", context)
