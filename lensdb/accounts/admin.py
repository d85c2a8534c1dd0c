"""People in the admin. Signing in to it goes through the site's own page, with its brakes."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from lensdb.accounts.actions import end_tokens
from lensdb.accounts.models import ApiToken, User
from lensdb.accounts.people import signed_in
from lensdb.accounts.powers import permissions_of, powers_of, record_group, record_powers
from lensdb.lib.admin import ReadOnlyAdmin

POWER_FIELDS: Final = ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")
"""What an account may do; nobody changes it of their own."""


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
        ("Standing", {"fields": ("trusted", *POWER_FIELDS)}),
        ("Times", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only administrators: whoever can set somebody's password can act as them."""
        return super().has_change_permission(request, obj) and signed_in(request.user).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Never: `manage.py erase_person` takes everything along that hangs on an account."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = POWER_FIELDS if obj is not None and obj.pk == request.user.pk else ()
        return (*super().get_readonly_fields(request, obj), *own)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """On one's own page a sentence says why the powers cannot be changed."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or obj.pk != request.user.pk:
            return fieldsets
        words = "This account is yours, so another administrator decides what it may do."
        return [
            (title, options | {"description": words} if title == "Standing" else options)
            for title, options in fieldsets
        ]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        form.powers_before = powers_of(User.objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_related(request, form, formsets, change)
        record_powers(by=signed_in(request.user), user=form.instance, before=form.powers_before)


class GroupsAdmin(GroupAdmin):
    """Groups. Only administrators change what a group may do, and the change is recorded."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return signed_in(request.user).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return signed_in(request.user).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        form.permissions_before = permissions_of(obj) if change else []
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        super().save_related(request, form, formsets, change)
        record_group(by=signed_in(request.user), group=form.instance, before=form.permissions_before)


admin.site.unregister(Group)
admin.site.register(Group, GroupsAdmin)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Tokens can be ended here, and their secrets seen nowhere."""

    list_display = ("prefix", "name", "user", "scope", "created_at", "expires_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "prefix")
    fields = ("user", "name", "prefix", "scope", "created_at", "expires_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        self.delete_queryset(request, ApiToken.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        end_tokens(by=signed_in(request.user), tokens=queryset)
