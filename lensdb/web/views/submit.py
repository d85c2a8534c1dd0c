"""The submit page; what happens on it is a script's, which talks to the API."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.charts.design import PAPERS, chart_design
from lensdb.submissions.enums import FocusingMethod


@require_safe
@login_required
def submit(request: HttpRequest) -> HttpResponse:
    charts = [{"value": "auto", "label": "read from the coded squares on it"}]
    charts += [{"value": chart_design(paper).name, "label": f"LensDB {paper}"} for paper in PAPERS]
    options = {
        "charts": charts,
        "focusing": [{"value": value, "label": label} for value, label in FocusingMethod.choices],
        "photoBytes": settings.PHOTO_MAX_BYTES,
        "photos": settings.SERIES_MAX_PHOTOS,
    }
    return render(request, "web/submit.html", {"options": options})
