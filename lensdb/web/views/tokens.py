"""The tokens of one's tools: see them, make one, end them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lensdb.accounts import actions
from lensdb.accounts.people import signed_in
from lensdb.web.forms import TokenForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's own tokens; a new one's secret is shown in the answer to its form, and never again."""
    user = signed_in(request.user)
    form = TokenForm(request.POST or None)
    new = actions.create_token(by=user, **form.cleaned_data) if form.is_valid() else None
    context = {
        "tokens": user.tokens.select_related("user").order_by("-id"),
        "form": TokenForm() if new else form,
        "new": new,
        "now": timezone.now(),
    }
    return render(request, "web/tokens.html", context)


@require_POST
@login_required
def end(request: HttpRequest, prefix: str) -> HttpResponse:
    """End one of one's own tokens."""
    if not actions.end_token(by=signed_in(request.user), prefix=prefix):
        raise Http404
    messages.success(request, "The token is ended.")
    return redirect("web:tokens")


@require_POST
@login_required
def end_all(request: HttpRequest) -> HttpResponse:
    """End all of one's own tokens."""
    user = signed_in(request.user)
    n_ended = actions.end_tokens(by=user, tokens=user.tokens.all())
    messages.success(request, f"{n_ended} tokens are ended." if n_ended != 1 else "The token is ended.")
    return redirect("web:tokens")
