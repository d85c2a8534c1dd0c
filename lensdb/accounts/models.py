"""People: photographers and moderators, and the tokens of their tools."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail; there are no user names."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A photographer. Series of an account that is not `trusted` wait for a moderator."""

    username = None  # type: ignore[assignment]  # the e-mail is the name one logs in with
    first_name = None  # type: ignore[assignment]  # not asked for
    last_name = None  # type: ignore[assignment]  # not asked for
    email = models.EmailField("e-mail address", unique=True)
    display_name = models.CharField(max_length=60, blank=True, help_text="Shown beside your series; may stay empty.")
    trusted = models.BooleanField(default=False, help_text="New series are published without a moderator.")

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # AbstractUser expects user names

    without_powers = False
    """Set on the user of one request, never stored: whoever asks with a token, or without the second factor where it is
    required, is an ordinary photographer for that request."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def is_moderator(self) -> bool:
        return self.has_perm("moderation.decide")

    @property
    def may_enter_admin(self) -> bool:
        return self.is_active and self.is_staff and not self.without_powers

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return not self.without_powers and super().has_perm(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return not self.without_powers and super().has_module_perms(app_label)

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        return set() if self.without_powers else super().get_all_permissions(obj)

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether this is the password. A hash that Django renews on the way does not end the tokens."""
        before = self.password
        is_right = super().check_password(raw_password)
        if self.password != before:
            self.tokens.filter(password_mark=password_mark(before)).update(password_mark=password_mark(self.password))
        return is_right


class Scope(models.TextChoices):
    """What a token may do. None of them ever moderates or enters the admin."""

    READ = "read", "read: your own and public data"
    SUBMIT = "submit", "submit: also begin, send and withdraw series"


def password_mark(password_hash: str) -> str:
    """Return what a token keeps of its owner's password hash, to end with it.

    The hash is salted and lies in the same database, so that a plain digest gives nothing away.
    """
    return hashlib.sha256(f"token {password_hash}".encode()).hexdigest()


class ApiToken(models.Model):
    """A secret a tool shows instead of a password. Only its digest is kept; `prefix` finds it.

    It holds until `expires_at`, and as long as `password_mark` is that of its owner's password.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scope = models.CharField(max_length=10, choices=Scope)
    password_mark = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(scope__in=Scope.values), name="token_scope_known")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_ended(self) -> bool:
        """Whether its owner's password was changed since."""
        return self.password_mark != password_mark(self.user.password)

    def allows(self, scope: Scope) -> bool:
        """Return whether the token may do what this scope allows; `submit` includes `read`."""
        return self.scope in {scope, Scope.SUBMIT}
