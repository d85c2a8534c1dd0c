"""People in the admin. Signing in to it goes through the site's own page, with its brakes."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.http import HttpRequest

from lensdb.accounts.models import ApiToken, User
from lensdb.lib.admin import ReadOnlyAdmin

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents it
admin.site.site_header = admin.site.site_title = "LensDB"


class NewUserForm(UserCreationForm):
    """E-mail instead of a user name."""

    class Meta:
        model = User
        fields = ("email",)
        field_classes: dict[str, Any] = {}


class UserForm(UserChangeForm):
    """Everything but the user name."""

    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, Any] = {}


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """Photographers and moderators. Who is trusted is said by an action, which is recorded."""

    form = UserForm
    add_form = NewUserForm
    list_display = ("email", "display_name", "trusted", "is_staff", "is_active", "date_joined")
    list_filter = ("trusted", "is_staff", "is_active", "groups")
    search_fields = ("email", "display_name")
    ordering = ("email",)
    readonly_fields = ("trusted", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password", "display_name")}),
        ("Standing", {"fields": ("trusted", "is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens can be ended here, and their secrets seen nowhere."""

    list_display = ("prefix", "name", "user", "created_at", "expires_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "prefix")
    fields = ("user", "name", "prefix", "created_at", "expires_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)
