"""The admin's door: for staff, and where it is required only with a second factor."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from lensdb.accounts.models import User
from lensdb.lib.admin import AdminSite


class Site(AdminSite):
    """The admin behind the site's own sign-in page."""

    site_header = site_title = "LensDB"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models, but not second factors: nobody needs to see their secrets."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        super().register([model for model in models if model is not Authenticator], admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.may_enter_admin

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead whoever may come in to sign in, to set up a second factor, or to give it."""
        wanted = request.GET.get("next", reverse("admin:index"))
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(wanted, settings.LOGIN_URL)
        if not (user.is_active and user.is_staff):
            raise PermissionDenied
        if not user.without_powers:
            return super().login(request, extra_context)
        if is_mfa_enabled(user):
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': wanted})}")
        messages.info(request, "Moderators and administrators need a second factor here. Set it up first.")
        return redirect("mfa_activate_totp")
