"""Lenses, bodies and identifying through the API."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from lensdb.accounts.models import User
from lensdb.catalog.models import LensModel
from tests.factories.accounts import UserFactory
from tests.factories.catalog import (
    BodyAliasFactory,
    CameraBodyFactory,
    LensAliasFactory,
    LensModelFactory,
    MountFactory,
)
from tests.factories.submissions import PublishedSeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def fifty() -> LensModel:
    lens = LensModelFactory(name="Canon EF 50mm f/1.2L USM", slug="canon-ef-50mm-f1-2l-usm")
    lens.mounts.add(MountFactory())
    LensAliasFactory(lens_model=lens)
    return lens


def test_anybody_finds_a_lens_with_typos(anonymous: APIClient, fifty: LensModel) -> None:
    assert anonymous.get("/api/v1/lenses/?q=cannon 50 1.2").json() == [
        {
            "slug": "canon-ef-50mm-f1-2l-usm",
            "name": "Canon EF 50mm f/1.2L USM",
            "maker": "Canon",
            "mounts": ["Canon EF"],
            "widest_f_number": 1.2,
            "min_focal_mm": 50.0,
            "max_focal_mm": 50.0,
            "crop_factor": 1.0,
        }
    ]


def test_all_series_of_a_lens_can_be_had(anonymous: APIClient, fifty: LensModel) -> None:
    answer = anonymous.get(f"/api/v1/lenses/{fifty.slug}/shifts/").json()
    assert answer["lens"]["name"] == fifty.name
    assert (answer["copies"], answer["shifts"]) == ([], [])


def test_without_a_query_the_measured_lenses_are_listed_once(anonymous: APIClient, fifty: LensModel) -> None:
    for _ in range(2):
        PublishedSeriesFactory(lens_copy__lens_model=fifty)
    SubmittedSeriesFactory()
    assert [lens["slug"] for lens in anonymous.get("/api/v1/lenses/").json()] == [fifty.slug]


@pytest.mark.parametrize("n_lenses", [1, 3])
def test_a_list_of_lenses_costs_the_same_however_long(
    anonymous: APIClient, n_lenses: int, django_assert_num_queries
) -> None:
    for _ in range(n_lenses):
        PublishedSeriesFactory(lens_copy__lens_model__widest_f_number=1.2)
    with django_assert_num_queries(3):
        assert len(anonymous.get("/api/v1/lenses/").json()) == n_lenses
    with django_assert_num_queries(4):
        assert len(anonymous.get("/api/v1/lenses/?q=50 1.2").json()) == n_lenses


def test_a_lens_has_its_facts_and_its_plot(anonymous: APIClient, fifty: LensModel) -> None:
    answer = anonymous.get(f"/api/v1/lenses/{fifty.slug}/").json()
    assert answer["lens"]["name"] == fifty.name
    assert answer["plot"]["lens"]["slug"] == fifty.slug
    assert anonymous.get("/api/v1/lenses/nothing/").json()["code"] == "not_found"


def test_bodies_are_found_by_name(anonymous: APIClient, django_assert_num_queries) -> None:
    body = CameraBodyFactory(name="Sony Alpha 7 III", pixel_pitch_um=None)
    BodyAliasFactory(body=body, text="sony ilce7m3")
    with django_assert_num_queries(2):
        found = anonymous.get("/api/v1/bodies/?q=ILCE-7M3").json()
    assert found == [
        {"id": body.pk, "name": "Sony Alpha 7 III", "maker": "Canon", "crop_factor": 1.0, "pixel_pitch_um": None}
    ]
    assert anonymous.get("/api/v1/bodies/").json() == []


def test_photos_are_identified(as_user: Callable[[User], APIClient], fifty: LensModel) -> None:
    body = CameraBodyFactory(name="Canon EOS 6D")
    BodyAliasFactory(body=body, text="canon eos6d")
    photos = [
        {"make": "Canon", "model": "Canon EOS 6D", "lens": "EF50mm f/1.2L USM", "f_number": f, "focal_length_mm": 50}
        for f in (1.2, 2, 2.8)
    ]
    answer = as_user(UserFactory()).post("/api/v1/identify/", {"photos": photos}, format="json").json()
    assert (answer["lens"]["slug"], answer["body"]["id"]) == (fifty.slug, body.pk)
    assert answer["problems"] == ["A series needs at least 4 different f-numbers to check itself."]


def test_nonsense_to_identify_is_refused_field_by_field(as_user: Callable[[User], APIClient]) -> None:
    answer = as_user(UserFactory()).post("/api/v1/identify/", {"photos": [{}, {"f_number": "wide"}]}, format="json")
    assert answer.status_code == 400
    assert answer.json() == {
        "code": "invalid",
        "detail": "Some fields are not right.",
        "fields": {"photos.1.f_number": ["A valid number is required."]},
    }


def test_a_merged_entry_leads_to_the_one_that_was_kept(anonymous: APIClient, fifty: LensModel) -> None:
    merged = LensModelFactory(merged_into=fifty)
    for address in (f"/api/v1/lenses/{merged.slug}/", f"/api/v1/lenses/{merged.slug}/shifts/"):
        assert anonymous.get(address).json()["lens"]["slug"] == fifty.slug
    assert merged.slug not in {lens["slug"] for lens in anonymous.get("/api/v1/lenses/?q=50 1.2").json()}
