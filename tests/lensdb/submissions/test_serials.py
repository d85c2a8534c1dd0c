"""Serials: found again by a keyed digest, unreadable without the key, shown to nobody but their owner."""

from typing import Any

import pytest
from cryptography.fernet import InvalidToken

from lensdb.submissions import serials


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("0000012345", "12345"), (" 12-345 ", "12345"), ("us1234567", "US1234567"), ("0000000000", ""), ("", "")],
)
def test_normalise(typed: str, plain: str) -> None:
    assert serials.normalise(typed) == plain


def test_the_digest_needs_the_key_and_the_maker(settings: Any) -> None:
    settings.SERIAL_KEYS = ["one key"]
    first = serials.macs("Canon", "0012345")
    assert first == serials.macs("CANON", "12345")
    assert first != serials.macs("Nikon", "12345")
    settings.SERIAL_KEYS = ["another key"]
    assert first != serials.macs("Canon", "12345")


def test_a_sealed_serial_says_nothing_and_opens_again() -> None:
    cipher = serials.seal("12345")
    assert "12345" not in cipher
    assert serials.unseal(cipher) == "12345"
    assert serials.tail(cipher) == "345"
    assert serials.seal("") == serials.unseal("") == serials.tail("") == ""


def test_keys_rotate(settings: Any) -> None:
    settings.SERIAL_KEYS = ["old"]
    cipher, mac = serials.seal("12345"), serials.macs("Canon", "12345")[0]
    settings.SERIAL_KEYS = ["new", "old"]
    assert serials.macs("Canon", "12345")[1] == mac
    renewed = serials.reseal(cipher)
    settings.SERIAL_KEYS = ["new"]
    assert serials.unseal(renewed) == "12345"
    with pytest.raises(InvalidToken):
        serials.unseal(cipher)


@pytest.mark.parametrize(("serial", "batch"), [("UX1234567", "UX1"), ("0012345678", "123"), ("12345", ""), ("", "")])
def test_a_batch_is_cut_only_from_a_long_serial(serial: str, batch: str) -> None:
    assert serials.batch(serial) == batch
