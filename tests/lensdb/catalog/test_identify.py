"""Lens and body from what cameras write, and what is odd about a set of photos."""

from typing import Any

import pytest

from lensdb.catalog import actions
from lensdb.catalog.identify import Written, contradicts, find_body, find_lens, identify
from lensdb.catalog.models import LensModel
from tests.factories.catalog import LensModelFactory

LENSES = {
    ("Canon", "EF50mm f/1.2L USM"): "Canon EF 50mm f/1.2L USM",
    ("Canon", "RF85mm F1.2 L USM"): "Canon RF 85mm F1.2L USM",
    ("NIKON CORPORATION", "18.0-70.0 mm f/3.5-4.5"): "Nikon Nikkor AF-S 18-70mm f/3.5-4.5G DX IF-ED",
    ("NIKON CORPORATION", "NIKKOR Z 50mm f/1.8 S"): "Nikon NIKKOR Z 50mm f/1.8 S",
    ("SONY", "FE 85mm F1.4 GM"): "Sony FE 85mm f/1.4 GM",
    ("FUJIFILM", "XF56mmF1.2 R"): "Fujifilm XF 56mm f/1.2 R",
    ("OLYMPUS CORPORATION", "OLYMPUS M.45mm F1.8"): "Olympus M.Zuiko Digital 45mm f/1.8",
    ("PENTAX", "smc PENTAX-FA 50mm F1.4"): "smc Pentax-FA 50mm f/1.4",
    ("Leica Camera AG", "Summilux-M 1:1.4/50 ASPH."): "Leica Summilux-M 50mm f/1.4 ASPH.",
    ("NIKON CORPORATION", "50.0 mm f/1.4"): None,  # four of Nikon's fit, and another maker's has just this for a name
    ("Canon", "50mm F1.4 DG HSM | Art 014"): None,
    ("Canon", ""): None,
}
BODIES = {
    ("Canon", "Canon EOS REBEL T3i"): "Canon EOS Rebel T3i",
    ("NIKON CORPORATION", "NIKON D5000"): "Nikon D5000",
    ("SONY", "ILCE-7M3"): "Sony Alpha 7 III",
    ("RICOH IMAGING COMPANY, LTD.", "PENTAX K-1"): "Pentax K-1",
    ("OLYMPUS IMAGING CORP.", "E-P3"): "Olympus E-P3",
    ("LEICA CAMERA AG", "LEICA M10"): "Leica M10",
    ("Nobody", "Nothing 1"): None,
    ("Canon", ""): None,
}


def test_what_cameras_write_names_lenses_and_bodies(catalogue: actions.Loaded) -> None:
    lenses = {written: getattr(find_lens(*written), "name", None) for written in LENSES}
    bodies = {written: getattr(find_body(*written), "name", None) for written in BODIES}
    assert (lenses, bodies) == (LENSES, BODIES)


def photos(*f_numbers: float | None, **fields: object) -> list[Written]:
    one: Written = {"make": "Canon", "model": "Canon EOS 6D", "lens": "EF50mm f/1.2L USM", "focal_length_mm": 50.0}
    return [{**one, "f_number": f_number, **fields} for f_number in f_numbers]  # type: ignore[typeddict-item]


def test_a_sound_set_is_identified_without_a_word(catalogue: actions.Loaded) -> None:
    found = identify(photos(1.2, 1.4, 2, 2.8))
    assert found.lens is not None
    assert found.body is not None
    assert (found.lens.slug, found.body.name, found.problems) == ("canon-ef-50mm-f1-2l-usm", "Canon EOS 6D", ())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ({"model": "Canon EOS 5D"}, "mixed_bodies"),
        ({"lens": "EF85mm f/1.8 USM"}, "mixed_lenses"),
        ({"focal_length_mm": 35.0}, "mixed_focal_lengths"),
        ({"f_number": None}, "f_number_missing"),
        ({"f_number": 2.8}, "few_f_numbers"),
    ],
)
def test_what_is_odd_about_a_set_is_said(spoilt: Written, code: str) -> None:
    odd = [*photos(1.2, 1.4, 2.8), {**photos(4)[0], **spoilt}]
    assert [problem.code for problem in identify(odd).problems] == [code]


def test_no_photos_are_no_problem_of_identity(db: None) -> None:
    assert identify([]).lens is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"lens": "EF50mm f/1.2L USM", "focal_length_mm": 50.0}, False),
        ({"lens": "EF50mm f/1.8 STM", "focal_length_mm": 50.0}, True),
        ({"lens": "85mm F1.4 UNHEARD OF"}, True),
        ({"lens": "50mm f/1.2"}, False),
        ({"focal_length_mm": 85.0}, True),
        ({"focal_length_mm": 51.0}, False),
        ({}, False),
    ],
)
def test_contradicts(catalogue: actions.Loaded, written: Written, expected: bool) -> None:  # noqa: FBT001 - parametrised
    lens = LensModel.objects.get(slug="canon-ef-50mm-f1-2l-usm")
    assert contradicts(lens, {"make": "Canon", **written}) is expected


def test_a_lens_without_numbers_is_contradicted_by_nothing_but_another_name(db: None) -> None:
    lens = LensModelFactory(min_focal_mm=None, max_focal_mm=None, widest_f_number=None)
    assert not contradicts(lens, {"lens": "85mm F1.4 UNHEARD OF", "focal_length_mm": 85.0})


def test_two_hundred_photos_of_the_longest_texts_cost_what_one_does(
    catalogue: actions.Loaded, django_assert_max_num_queries: Any
) -> None:
    for sign in ("1", " 1-", "a ", "\ufdfa"):
        text = (sign * 200)[:200]
        alike = photos(*[2.0] * 200, make=text, model=text, lens=text)
        different: list[Written] = [{**photo, "lens": f"{n}{text}"[:200]} for n, photo in enumerate(alike)]
        for written in (alike, different):
            with django_assert_max_num_queries(8):
                assert identify(written).lens is None
