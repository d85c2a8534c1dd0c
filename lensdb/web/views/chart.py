"""The chart to print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.charts.design import PAPERS, chart_design
from analysis.charts.draw import chart_pdf, chart_svg
from lensdb.lib.caching import shared

USES: Final = {
    "A6": "macro, and small sensors near",
    "A5": "small sensors, 0.3 m to 0.5 m",
    "A4": "0.4 m to 1 m with a 50 mm lens on full frame: the usual one",
    "Letter": "as A4",
    "A3": "1 m to 2 m",
    "A2": "2 m and beyond, and long lenses",
}
TYPES: Final = {"pdf": "application/pdf", "svg": "image/svg+xml"}
A_DAY_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper the chart comes in, and what it is good for."""

    name: str
    use: str


@require_safe
@shared(lambda: "")
def page(request: HttpRequest) -> HttpResponse:
    """Downloads, set-up and checklist."""
    return render(request, "web/chart.html", {"papers": [Paper(name, USES[name]) for name in PAPERS]})


@require_safe
@shared(lambda **_of_address: "", keep=f"public, max-age={A_DAY_S}")
def file(request: HttpRequest, paper: str, ending: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """One chart file, at true size."""
    if paper not in PAPERS or ending not in TYPES:
        raise Http404
    response = HttpResponse(_drawn(paper, ending), content_type=TYPES[ending])
    response["Content-Disposition"] = f'inline; filename="{chart_design(paper).name}.{ending}"'
    return response


@lru_cache(maxsize=len(PAPERS) * len(TYPES))
def _drawn(paper: str, ending: str) -> bytes:
    """Drawing takes part of a second and the result never changes while the process runs."""
    design = chart_design(paper)
    return chart_pdf(design) if ending == "pdf" else chart_svg(design).encode()
