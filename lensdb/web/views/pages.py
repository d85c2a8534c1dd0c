"""Method, status, and one's own series and copies."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.flags import MEANING
from lensdb.accounts.people import signed_in
from lensdb.aggregates.revisions import catalog_version
from lensdb.lib.caching import is_anonymous, share, shared
from lensdb.measurements.queries import shown_version
from lensdb.processing.health import troubles
from lensdb.processing.queries import backlog
from lensdb.submissions.drafts import with_expiry
from lensdb.submissions.queries import owned_by
from lensdb.submissions.quotas import DRAFT_DAYS
from lensdb.web.paging import page_of
from lensdb.web.presenters.numbers import count
from lensdb.web.presenters.series_list import own_series_row
from lensdb.web.queries import own_copies, own_series

PER_PAGE = 50


@require_safe
@shared(catalog_version)
def method(request: HttpRequest) -> HttpResponse:
    flags = [(bit.name, meaning) for bit, meaning in MEANING.items()]
    return render(request, "web/method.html", {"analysis_version": shown_version(), "flags": flags})


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The health of the backlog, for everybody."""
    now = backlog()
    waiting = now.queued + now.claimed
    sentence = (
        f"{count(waiting, 'series is', 'series are')} waiting or being measured." if waiting else "Nothing waits."
    )
    context = {"backlog": now, "sentence": sentence, "analysis_version": shown_version(), "troubles": troubles()}
    response = render(request, "web/status.html", context)
    if is_anonymous(request):
        share(response)  # without an ETag: it changes by itself
    return response


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    page = page_of(own_series(user), PER_PAGE, request.GET.get("page"))
    rows = [own_series_row(series) for series in page]
    context = {"series": rows, "page": page, "copies": own_copies(user), "drafts": with_expiry(owned_by(user))}
    return render(request, "web/me.html", context | {"draft_days": DRAFT_DAYS})
