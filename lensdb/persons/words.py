"""What an erasure takes and what it leaves, in words: for the page and for the command."""

from __future__ import annotations

from django.template.defaultfilters import filesizeformat

from lensdb.persons.queries import Holdings


def what_goes(held: Holdings) -> list[str]:
    """Return a line for each kind of thing that is erased."""
    tokens, services, results = (
        _count(held.tokens, "token"),
        _count(held.services, "service day"),
        _count(held.results, "result"),
    )
    copies, series = _count(held.copies, "lens copy", "lens copies"), _count(held.series, "series", "series")
    photos, size = _count(held.photos, "photo"), filesizeformat(held.photo_bytes)
    return [
        f"the account and its e-mail addresses, all sessions, {tokens} and the second factor",
        f"{copies} with label, serial number and {services}",
        f"{series}, drafts among them, with notes and {results}",
        f"{photos} ({size}) and the pictures made from them",
        "what moderators decided about these series, and what the admin noted about the account",
    ]


def what_stays(held: Holdings) -> list[str]:
    """Return a line for each kind of thing that remains."""
    lines = ["a line in the audit log with the account's number: that it was erased, when, and by whom"]
    if held.counted:
        lines.append(
            f"the public ids of {_count(held.counted, 'series', 'series')} that were published, without a name, "
            "so that whoever downloaded the figures can take them out"
        )
    if held.decided:
        lines.append(f"{_count(held.decided, 'decision')} about other people's series, as those of a former moderator")
    return lines


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
