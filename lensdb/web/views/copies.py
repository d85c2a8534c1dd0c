"""The page of one's own copy, and what its owner says of its visits to a workshop."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from lensdb.accounts.people import signed_in
from lensdb.aggregates.places import CopyPlace, copy_places, name_of
from lensdb.aggregates.queries import plot_and_verdict
from lensdb.submissions.actions import SubmissionsError
from lensdb.submissions.models import LensCopy
from lensdb.submissions.queries import copies_of
from lensdb.submissions.services import record_service, remove_service
from lensdb.web.forms import ServiceForm
from lensdb.web.presenters.copy import others_plot, others_verdict, own_curves, own_rows, place_told
from lensdb.web.presenters.scene import Scene, of_copy
from lensdb.web.presenters.series_list import own_series_row
from lensdb.web.queries import own_series
from lensdb.web.views.advice import advice_context


@require_safe
@login_required
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where the reader's own copy lies among the others; nobody else's page, moderators included."""
    copy = own_copy(request, public_id)
    places = copy_places(copy)
    own = list(own_series(signed_in(request.user)).filter(lens_copy=copy))
    context = {
        "copy": copy,
        "lens": copy.lens_model,
        "series": [own_series_row(series) for series in own],
        "services": copy.service_events.all(),
        "service_form": ServiceForm(),
    }
    if places:
        context |= _among_others(request, copy, places)
    return render(request, "web/copy.html", context)


def _among_others(request: HttpRequest, copy: LensCopy, places: list[CopyPlace]) -> dict[str, Any]:
    """Its place, its plots, and what to do about its shift."""
    lens, name = copy.lens_model, name_of(copy)
    plot, verdict = plot_and_verdict(lens)
    focal_mm = plot["lens"]["focal_length_mm"]
    newest = places[-1]
    usual = Scene(newest.points[0]["distance_m"], newest.f_number)
    return {
        "places": [place_told(place, focal_mm) for place in places],
        "rows": own_rows(places, plot["model"]),
        "plot": others_plot(plot, name) | {"own": own_curves(places)},
        "verdict": others_verdict(verdict, name) if verdict else None,
        "updated_at": parse_datetime(plot["updated_at"]) if plot["updated_at"] else None,
        **advice_context(request.GET, lens, of_copy(newest.points), focal_mm, usual),
    }


@require_POST
@login_required
def add_service(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that the copy was at a workshop on a day."""
    copy = own_copy(request, public_id)
    form = ServiceForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say the day as year, month and day.")
        return redirect("web:copy", public_id)
    try:
        record_service(by=signed_in(request.user), lens_copy=copy, serviced_on=form.cleaned_data["serviced_on"])
    except SubmissionsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Noted. Series from that day on stand apart within seconds.")
    return redirect("web:copy", public_id)


@require_POST
@login_required
def take_back_service(request: HttpRequest, public_id: str, service: int) -> HttpResponse:
    """Take such a day back."""
    copy = own_copy(request, public_id)
    try:
        remove_service(by=signed_in(request.user), event=get_object_or_404(copy.service_events, pk=service))
    except SubmissionsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Taken back.")
    return redirect("web:copy", public_id)


def own_copy(request: HttpRequest, public_id: str) -> LensCopy:
    """The reader's copy; somebody else's does not exist for them."""
    return get_object_or_404(copies_of(signed_in(request.user)), public_id=public_id)
