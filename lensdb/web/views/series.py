"""The page of one series, its pictures, and withdrawing it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from analysis.outlook import cure_sentence
from analysis.results import SeriesResult
from lensdb.accounts.people import signed_in
from lensdb.aggregates.revisions import series_version
from lensdb.lib.caching import is_anonymous, share, shared
from lensdb.measurements.models import SeriesMeasurement
from lensdb.measurements.queries import shown_measurement, shown_pictures, shown_result, shown_version
from lensdb.moderation.actions import withdraw
from lensdb.persons.queries import ErasedError, series_seen_by
from lensdb.processing.queries import status_of
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series
from lensdb.submissions.queries import owned_by, shown_photos
from lensdb.web.presenters import series as told
from lensdb.web.presenters.series_outlook import colours_told, safe_rows
from lensdb.web.presenters.standing import standing_told, waiting_words

WAITING_STATES = ("queued", "measuring")


def gone_when_erased(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer 410 with a sentence for a series that was erased."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except ErasedError as error:
            return render(request, "web/gone.html", {"sentence": str(error)}, status=HTTPStatus.GONE)

    return answer


@require_safe
@gone_when_erased
@shared(series_version)
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """State, reel, plots and tables of one series; whoever may not see it is told that it does not exist."""
    series = series_seen_by(request.user, public_id, with_photos=True)
    measurement = shown_measurement(series)
    status = status_of(series)
    is_owner = series.owner_id == request.user.pk
    context = {
        "series": series,
        "title": told.title(series, measurement),
        "status": status,
        "is_waiting": measurement is None and status.state in WAITING_STATES,
        "waiting_words": waiting_words(status),
        "status_url": f"/api/v1/series/{series.public_id}/status/",
        # Before there is a measurement its state says all there is to say.
        "standing": standing_told(series, is_owner=is_owner) if measurement or series.submitted_at is None else None,
        "is_owner": is_owner,
        "can_withdraw": is_owner and series.submitted_at is not None and series.standing != Standing.WITHDRAWN,
        "decisions": series.decisions.all() if is_owner or _is_moderator(request) else (),
    }
    return render(request, "web/series.html", context | _measured(series, measurement, request))


def _measured(series: Series, measurement: SeriesMeasurement | None, request: HttpRequest) -> dict[str, Any]:
    """What the page says of the measurement; of the photos alone when there is none."""
    photos = shown_photos(series, to=request.user)
    if measurement is None:
        return {"photos": told.photo_rows(photos, None), "facts": told.scene_facts(series, None)}
    told_result = shown_result(measurement, to=request.user)
    result = SeriesResult.from_json(told_result)
    urls = {name: reverse("web:derived", args=[series.public_id, name]) for name in measurement.pictures}
    return {
        "result": result,
        "measured_at": measurement.measured_at,
        "sentence": told.sentence(result),
        "stills": told.stills(result, urls),
        "shift_rows": told.shift_rows(result),
        "depth_rows": told.depth_rows(result),
        "safe_rows": safe_rows(result),
        "cure": cure_sentence(result),
        "colours": colours_told(result),
        "photos": told.photo_rows(photos, result),
        "flags": told.flags_told(result),
        "facts": told.scene_facts(series, result),
        "shown_version": shown_version(),
        "json_url": f"/api/v1/series/{series.public_id}/result/",
        "payload": {
            "result": told_result,
            "pictures": urls,
            "simulated": series.is_simulated,
            "name": told.title(series, measurement),
            "measured_at": measurement.measured_at,
        },
    }


@require_safe
@gone_when_erased
def derived_picture(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """A picture made while measuring: always a JPEG, to those who may see the series."""
    series = series_seen_by(request.user, public_id)
    digest = shown_pictures(series).get(name)
    if digest is None or not storages["derived"].exists(derived_name(digest)):
        raise Http404
    etag = f'"{digest}"'
    response = get_conditional_response(request, etag=etag) or _picture(derived_name(digest))
    response["ETag"] = etag
    # Asked again each time: a picture disappears with the standing of its series.
    if is_anonymous(request):
        share(response)
    else:
        response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _picture(name: str) -> HttpResponseBase:
    """The bytes themselves, or where the proxy finds them."""
    if settings.DERIVED_HANDOFF:
        return HttpResponse(content_type="image/jpeg", headers={"X-Accel-Redirect": settings.DERIVED_HANDOFF + name})
    return FileResponse(storages["derived"].open(name), content_type="image/jpeg")


@require_POST
@login_required
def withdraw_series(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one's own series out of everything that is shown."""
    owner = signed_in(request.user)
    series = get_object_or_404(owned_by(owner), public_id=public_id, submitted_at__isnull=False)
    withdraw(by=owner, series=series)
    messages.success(request, "The series is withdrawn. It leaves the lens page within seconds.")
    return redirect(series)


def derived_name(digest: str) -> str:
    """Where a derived picture lies in its storage."""
    return f"{digest[:2]}/{digest}.jpg"


def _is_moderator(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and request.user.is_moderator)
