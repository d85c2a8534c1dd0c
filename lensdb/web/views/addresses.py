"""The page of one's own e-mail addresses."""

from __future__ import annotations

from typing import Any

from allauth.account.views import EmailView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator


@method_decorator(login_required, name="dispatch")
class Addresses(EmailView):
    """Allauth's page, where an address that is somebody else's cannot become one's own.

    Anybody can add any address, so that the page does not tell who has an account. Where addresses are not verified,
    or their owner has never verified theirs, it could then be made primary; the row of the other account forbids that.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().post(request, *args, **kwargs)
        except IntegrityError:
            messages.error(request, "This address cannot be used for your account.")
            return redirect("account_email")
