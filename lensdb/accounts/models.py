"""People: photographers and moderators, and the tokens of their tools."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
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

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self) -> str:
        return self.display_name or self.email

    @property
    def is_moderator(self) -> bool:
        return self.has_perm("moderation.decide")


class ApiToken(models.Model):
    """A secret a tool shows instead of a password. Only its digest is kept; `prefix` finds it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
