"""Public names of copies: letters, which say nothing of who owns them."""

from __future__ import annotations

import string

from analysis.statement.told import Named


def named(number: int, after_service: int) -> Named:
    """The n-th specimen of a lens, from 0, as it was after so many services."""
    identity, label = f"copy-{number + 1}", f"Copy {letters(number)}"
    if after_service:
        identity += f"-serviced-{after_service}"
        label += " after service" if after_service == 1 else f" after service {after_service}"
    return {"id": identity, "label": label, "after_service": after_service}


def letters(number: int) -> str:
    """A, B, … Z, AA, AB, …"""
    found = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        found = string.ascii_uppercase[rest] + found
    return found
