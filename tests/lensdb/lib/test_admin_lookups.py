"""The admin's lists: filtered by what they declare, so that no column is guessed letter by letter."""

import re
from html import unescape

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client

from lensdb.lib.admin import CarefulLists
from tests.factories.accounts import AdministratorFactory
from tests.factories.persons import person_with_everything

SENSITIVE = {
    "password",
    "serial_cipher",
    "serial_mac",
    "digest",
    "password_mark",
    "data",
    "session_data",
    "note",
    "label",
    "key",
}
ENDINGS = ("", "__exact", "__startswith", "__regex", "__gte", "__lt", "__isnull", "__length")


def paths(model: type[models.Model], depth: int = 3) -> list[str]:
    """Every way over related rows, forth and back, from a model to a column that nobody is to guess."""
    found = []
    for field in model._meta.get_fields():
        if field.is_relation and field.related_model and depth > 1:
            found += [f"{field.name}__{path}" for path in paths(field.related_model, depth - 1)]
        elif field.concrete and field.name in SENSITIVE:
            found.append(field.name)
    return found


@pytest.mark.parametrize("model", [model for model in apps.get_models() if admin.site.is_registered(model)], ids=str)
def test_no_list_is_filtered_by_a_column_that_nobody_may_read(model: type[models.Model]) -> None:
    own = admin.site.get_model_admin(model)
    assert isinstance(own, CarefulLists)
    allowed = [path + ending for path in paths(model) for ending in ENDINGS if own.lookup_allowed(path + ending, "a")]
    assert allowed == []


def test_the_ways_that_are_tried_are_those_that_were_found() -> None:
    assert "serial_cipher" in paths(apps.get_model("submissions", "LensCopy"))
    assert "owner__password" in paths(apps.get_model("submissions", "LensCopy"))
    assert "lens_copy__specimen__serial_mac" in paths(apps.get_model("submissions", "Series"))


@pytest.mark.django_db
def test_such_a_filter_is_answered_with_400_and_declared_ones_work() -> None:
    person_with_everything()
    desk = Client()
    desk.force_login(AdministratorFactory())
    for query in (
        "serial_cipher__startswith=g",
        "owner__password__startswith=m",
        "owner__email__startswith=k",
        "id__gt=1",
    ):
        assert desk.get(f"/admin/submissions/lenscopy/?{query}").status_code == 400
    n_followed = 0
    for model in apps.get_models():
        if not admin.site.is_registered(model):
            continue
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        page = desk.get(address).content.decode()
        for link in set(re.findall(r'href="(\?[^"]*)"', page)):
            assert desk.get(address + unescape(link)).status_code in {200, 302}, address + link
            n_followed += 1
    assert n_followed > 50
