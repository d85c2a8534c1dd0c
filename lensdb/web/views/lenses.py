"""Lens index and lens page."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from lensdb.accounts.models import User
from lensdb.aggregates.queries import cells_of, plot_and_verdict
from lensdb.aggregates.revisions import lens_version, site_version
from lensdb.aggregates.told import VerdictTold
from lensdb.catalog.models import LensModel
from lensdb.catalog.queries import lenses
from lensdb.catalog.search import search
from lensdb.lib.caching import shared
from lensdb.measurements.queries import left_out
from lensdb.submissions.queries import copies_of
from lensdb.web.paging import page_of
from lensdb.web.presenters.cells import cell_row
from lensdb.web.presenters.curve import shown_range_um
from lensdb.web.presenters.headline import curve_sentence, headline
from lensdb.web.presenters.index import index_row, typed_cells
from lensdb.web.presenters.scene import Scene, of_cells
from lensdb.web.presenters.series_list import series_row
from lensdb.web.presenters.verdict import answers, grows_in_mm
from lensdb.web.presenters.verdict_rows import batch_rows, body_rows, copy_rows, repeat_rows, size_columns
from lensdb.web.queries import kinds_of, measured_lenses, mounts_of, published_series
from lensdb.web.views.advice import advice_context

LENSES_PER_PAGE: Final = 100
SERIES_PER_PAGE: Final = 100


@require_safe
@shared(site_version)
def index(request: HttpRequest) -> HttpResponse:
    """Every measured lens; with a query, whatever the catalogue has, measured or not."""
    query, mount = request.GET.get("q", "").strip()[:100], request.GET.get("mount", "")
    shown = lenses() if query else measured_lenses()
    if mount:
        shown = shown.filter(mounts__name=mount)
    matches = search(query, within=shown) if query else shown.order_by("name")
    page = page_of(matches, LENSES_PER_PAGE, request.GET.get("page"))
    found = list(page)
    cells = typed_cells(cells_of(found))
    range_um = shown_range_um(cells.values())
    kinds = kinds_of(found)
    rows = [index_row(lens, cells.get(lens.pk, []), range_um, kinds.get(lens.pk, "")) for lens in found]
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
@shared(lens_version)
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One lens: short answers, plots with their tables, what to do about it, and the published series."""
    lens = get_object_or_404(LensModel, slug=slug)
    if lens.merged_into is not None:
        return redirect(lens.current)
    plot, verdict = plot_and_verdict(lens)
    told = headline(plot["model"], verdict)
    page = page_of(published_series(lens), SERIES_PER_PAGE, request.GET.get("page"))
    context = {
        "lens": lens,
        "address": request.build_absolute_uri(lens.get_absolute_url()),
        "plot": plot,
        "verdict": verdict,
        "headline": str(told),
        "curve": curve_sentence(plot["model"]),
        "rows": [cell_row(cell) for cell in plot["model"]],
        "own_copies": copies_of(request.user).filter(lens_model=lens) if isinstance(request.user, User) else (),
        "series": [series_row(series) for series in page],
        "page": page,
        "n_left_out": left_out(lens).count()
        if page.has_other_pages()
        else sum(not series.is_counted for series in page),
        "updated_at": parse_datetime(plot["updated_at"]) if plot["updated_at"] else None,
    }
    if verdict is not None:
        context |= verdict_context(verdict)
    if told.cell is not None:
        usual = Scene(told.cell["distance_m"], told.cell["f_number"])
        context |= advice_context(request.GET, lens, of_cells(plot["model"]), told.cell["focal_length_mm"], usual)
    return render(request, "web/lens.html", context)


def verdict_context(verdict: VerdictTold) -> dict[str, Any]:
    """The rows behind a verdict, for the tables of the page."""
    return {
        "answers": answers(verdict),
        "sizes": size_columns(verdict["sizes"]),
        "grows_in_mm": grows_in_mm(verdict["sizes"]),
        "copies": copy_rows(verdict),
        "batches": batch_rows(verdict),
        "bodies": body_rows(verdict),
        "repeats": repeat_rows(verdict),
    }
