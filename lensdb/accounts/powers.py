"""What an account may do, and the record of every change of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import Group

from lensdb.accounts.models import User
from lensdb.audit.actions import record


def powers_of(user: User) -> dict[str, Any]:
    """Return the flags of an account and the ids of its groups and permissions, as the audit log keeps them."""
    return {
        "active": user.is_active,
        "staff": user.is_staff,
        "superuser": user.is_superuser,
        "groups": sorted(user.groups.values_list("pk", flat=True)),
        "permissions": sorted(user.user_permissions.values_list("pk", flat=True)),
    }


def permissions_of(group: Group) -> list[int]:
    """Return the ids of a group's permissions."""
    return sorted(group.permissions.values_list("pk", flat=True))


def record_powers(*, by: User | str, user: User, before: Mapping[str, Any]) -> None:
    """Record what changed in the powers of an account; call it in the transaction that changed them."""
    now = powers_of(user)
    changed = {name for name, value in now.items() if before.get(name) != value}
    if changed:
        record(
            kind="user.powers",
            actor=by,
            target=user,
            before={name: before[name] for name in sorted(changed & before.keys())},
            after={name: now[name] for name in sorted(changed)},
        )


def record_group(*, by: User | str, group: Group, before: Sequence[int]) -> None:
    """Record what changed in the permissions of a group; call it in the transaction that changed them."""
    now = permissions_of(group)
    if now != list(before):
        record(
            kind="group.permissions",
            actor=by,
            target=group,
            before={"permissions": list(before)},
            after={"permissions": now},
        )
