"""Downloading everything the site holds of oneself."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from lensdb.accounts.people import signed_in
from lensdb.audit.actions import record
from lensdb.limits.actions import LimitError, take
from lensdb.persons.export import archive

EXPORTS: Final = 3
EXPORTS_SECONDS: Final = 24 * 3600


@require_POST
@login_required
def export_me(request: HttpRequest) -> HttpResponseBase:
    """Send one's own data as a ZIP file, a few times a day."""
    person = signed_in(request.user)
    try:
        with transaction.atomic():
            take("export", str(person.pk), limit=EXPORTS, seconds=EXPORTS_SECONDS)
            record(kind="user.export", actor=person, target=person)
    except LimitError as error:
        hours = -(-error.retry_after_s // 3600)
        messages.warning(request, f"You can download your data {EXPORTS} times a day; the next time in {hours} h.")
        return redirect("web:me")
    response = StreamingHttpResponse(archive(person), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="lensdb-export.zip"'
    return response
