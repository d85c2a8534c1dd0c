"""Writing the audit log."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import Model

from lensdb.audit.models import Event

_SYSTEM_ACTOR: Final = re.compile(r"(rule|command):[a-zA-Z0-9_.,/ -]{1,70}")
_CODE: Final = re.compile(r"[A-Za-z0-9_.:/+ -]{0,120}")
"""What text may look like: a code, a public id, a slug or a date. No e-mail address and no line break fits."""


def record(
    *,
    kind: str,
    actor: Model | str,
    target: Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Add one event to the log, in the transaction of the act itself.

    Parameters
    ----------
    kind : what was done, such as ``series.accept``.
    actor : the user, or ``rule:…`` or ``command:…``.
    target : the saved row it was done to.
    before, after : what changed, as codes, ids and numbers.
    reason : a code.

    Raises
    ------
    ValueError
        For text that could hold a name, an e-mail address or a line break.
    """
    made = event(kind=kind, actor=actor, target=target, before=before, after=after, reason=reason)
    made.save(force_insert=True)
    return made


def record_all(events: Sequence[Event]) -> None:
    """Add many events, made by `event`, in one statement."""
    Event.objects.bulk_create(events)


def event(
    *,
    kind: str,
    actor: Model | str,
    target: Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Return an event that is not saved yet; see `record`."""
    made = Event(
        kind=kind,
        actor=actor_code(actor),
        target_type=target._meta.label_lower,  # noqa: SLF001 - Django's documented introspection
        target_id=str(target.pk),
        target_public_id=getattr(target, "public_id", ""),
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
    )
    for text in _texts([made.kind, made.reason, made.before, made.after]):
        if not _CODE.fullmatch(text):
            raise ValueError(f"The audit log holds codes and ids only, not {text!r}.")
    return made


def actor_code(actor: Model | str) -> str:
    """Return how the log names an actor: ``user:`` and the id, or the code of a rule or command."""
    if isinstance(actor, get_user_model()):
        return f"user:{actor.pk}"
    if isinstance(actor, str) and _SYSTEM_ACTOR.fullmatch(actor):
        return actor
    raise ValueError(f"{actor!r} is neither a user nor the code of a rule or command.")


def _texts(value: Any) -> list[str]:
    """Return every text in nested lists and dictionaries, keys included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, (list, tuple)):
        return [text for part in value for text in _texts(part)]
    return []
