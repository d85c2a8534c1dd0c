"""Erasing oneself, with everything the site holds."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lensdb.accounts.people import signed_in
from lensdb.persons.erasure import AlreadyErasedError, LastAdministratorError, erase
from lensdb.persons.queries import holdings
from lensdb.persons.words import what_goes, what_stays
from lensdb.web.forms import ErasureForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def erase_me(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays; after password and typed address, erase it."""
    person = signed_in(request.user)
    form = ErasureForm(request.POST or None, person=person)
    if form.is_valid():
        try:
            erase(person=person, by=person)
        except AlreadyErasedError:  # the button was pressed twice
            return redirect("web:home")
        except LastAdministratorError as error:
            form.add_error(None, str(error))
        else:
            logout(request)
            return render(request, "web/erased.html")
    held = holdings(person)
    context = {"form": form, "goes": what_goes(held), "stays": what_stays(held)}
    return render(request, "web/erase.html", context)
