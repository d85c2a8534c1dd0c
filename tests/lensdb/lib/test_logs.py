"""Logs show where somebody was, and nothing they could be impersonated with."""

import logging
import re

import pytest
from django.urls import get_resolver

from lensdb.lib.logs import WithoutKeys, without_keys

KEY = "1a-CANARY-7f3a"


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (f"Not Found: /accounts/confirm-email/{KEY}/", "Not Found: /accounts/confirm-email/-"),
        (f"/accounts/password/reset/key/{KEY}/", "/accounts/password/reset/key/-"),
        (f"Error handling request /lenses/?q={KEY}", "Error handling request /lenses/?-"),
        ("/lenses/canon-ef-50mm-f1-4-usm/", "/lenses/canon-ef-50mm-f1-4-usm/"),
        ("/accounts/confirm-email/", "/accounts/confirm-email/"),
        ("Is it so? Yes.", "Is it so? Yes."),
    ],
)
def test_keys_and_queries_are_taken_out(said, logged):
    assert without_keys(said) == logged


def test_every_address_of_an_account_that_has_a_key_in_it_is_known():
    def addresses(patterns, before=""):
        for pattern in patterns:
            path = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from addresses(pattern.url_patterns, path)
            else:
                yield path

    keyed = [
        path for path in addresses(get_resolver().url_patterns) if re.search(r"^accounts/.*[<(]\??P?<?\w*key", path)
    ]
    assert len(keyed) >= 2
    for path in keyed:
        start = re.split(r"[<(]", path.replace("^", ""), maxsplit=1)[0]
        assert KEY not in without_keys(f"/{start}{KEY}/"), path


def test_a_log_record_says_the_rest():
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (f"/x/?q={KEY}",), None)
    assert WithoutKeys().filter(record)
    assert record.getMessage() == "Not Found: /x/?-"
