"""Random public ids: short enough for a URL, too many to guess."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 12


def public_id() -> str:
    """Twelve characters without look-alikes, 59 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
