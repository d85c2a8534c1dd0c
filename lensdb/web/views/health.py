"""For supervisors, load balancers and monitoring: does the process live, can it serve, does the whole site work?"""

from __future__ import annotations

from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lensdb.accounts.models import User
from lensdb.processing import health, metrics

_NO_DATABASE = "no_database: The database does not answer."


@require_safe
@never_cache
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is looked at. For whoever restarts it."""
    return _told("alive")


@require_safe
@never_cache
def ready(_request: HttpRequest) -> HttpResponse:
    """503 while the database does not answer. For whoever sends it requests."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return _told(_NO_DATABASE, status=503)
    return _told("ready")


@require_safe
@never_cache
def healthy(_request: HttpRequest) -> HttpResponse:
    """503 and a line for each trouble, wherever in the site it is. For whoever is called at night."""
    try:
        troubles = [f"{trouble.code}: {trouble.sentence}" for trouble in health.troubles()]
    except OperationalError:
        troubles = [_NO_DATABASE]
    return _told(*(troubles or ["healthy"]), status=503 if troubles else 200)


@require_safe
@never_cache
def prometheus(request: HttpRequest) -> HttpResponse:
    """The backlog in numbers, for staff and for whoever shows the token."""
    token = settings.METRICS_TOKEN
    shown = request.headers.get("Authorization", "")
    if not (token and constant_time_compare(shown, f"Bearer {token}")) and not _is_operator(request):
        return _told("Only staff and Prometheus read this.", status=403)
    return HttpResponse(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_operator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.may_enter_admin


def _told(*lines: str, status: int = 200) -> HttpResponse:
    headers = {"Retry-After": "5"} if status == 503 else {}
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain", status=status, headers=headers)
