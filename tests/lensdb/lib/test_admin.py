"""Searching in the admin."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lensdb.lib.admin import SEARCHED_WORDS
from tests.factories.catalog import LensModelFactory


@pytest.mark.parametrize("text", ["a " * 500, "'" * 2000, '"a ' * 500, "x" * 4000])
def test_few_words_are_asked_of_the_database_whatever_is_typed(admin_client: Client, text: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert admin_client.get("/admin/catalog/lensmodel/", {"q": text}).status_code == 200
    n_conditions = max(query["sql"].upper().count(" LIKE ") for query in asked.captured_queries)
    assert 0 < n_conditions <= 3 * SEARCHED_WORDS


def test_a_lens_is_found_by_two_words(admin_client: Client) -> None:
    lens = LensModelFactory(name="Zeiss Batis 25mm f/2")
    LensModelFactory(name="Zeiss Loxia 21mm f/2.8")
    page = admin_client.get("/admin/catalog/lensmodel/", {"q": "batis zeiss"}).content.decode()
    assert lens.name in page
    assert "Loxia" not in page
