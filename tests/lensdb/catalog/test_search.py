"""Search: the lens somebody means is among the first three."""

from collections.abc import Sequence
from typing import Any

import pytest

from lensdb.catalog import actions, queries
from lensdb.catalog import search as search_module
from lensdb.catalog.models import LensModel
from lensdb.catalog.names import LONGEST_NAME
from lensdb.catalog.search import MOST_WORDS, Query, parse, search

MEANT = {
    "canon 50 1.2": "Canon EF 50mm f/1.2L USM",
    "zeis sonar 50": "Zeiss C Sonnar T* 1.5/50 ZM",
    "canon ef 50mm f/1.2L USM": "Canon EF 50mm f/1.2L USM",
    "EF50mm f/1.2L USM": "Canon EF 50mm f/1.2L USM",
    "cannon 50mm 1.8 stm": "Canon EF 50mm f/1.8 STM",
    "canon ef 85 1,2": "Canon EF 85mm f/1.2L II USM",
    "canon rf 85 1.2": "Canon RF 85mm F1.2L USM",
    "canon macro 100 2.8": "Canon EF 100mm f/2.8 Macro",
    "canon 24-105 4": "Canon EF 24-105mm f/4L IS USM",
    "70-200/2.8 canon is ii": "Canon EF 70-200mm f/2.8L IS II USM",
    "nikor 85 1.8": "Nikon Nikkor AF 85mm f/1.8D",
    "nikkor z 50 1.8": "Nikon NIKKOR Z 50mm f/1.8 S",
    "nikon 105 micro": "Nikon Nikkor AF 105mm f/2.8D Micro",
    "noct 58": "Nikon Nikkor AI-S 58mm f/1.2 Noct",
    "sony fe 85 1.4 gm": "Sony FE 85mm f/1.4 GM",
    "sony 85 gm": "Sony FE 85mm f/1.4 GM",
    "soni 35 1.4": "Sony FE 35mm f/1.4 ZA",
    "sigma art 35": "Sigma 35mm F1.2 DG DN | Art 019",
    "sigam 35 1.4": "Sigma 35mm f/1.4 DG HSM",
    "24-70 2.8 sigma": "Sigma 24-70mm F2.8 DG DN | Art 019",
    "tamron 70-200 2.8 g2": "Tamron SP 70-200mm F/2.8 Di VC USD G2",
    "tamrom 90 macro": "Tamron SP 90mm f/2.8 Di VC USD Macro 1:1",
    "xf56 1.2": "Fujifilm XF 56mm f/1.2 R",
    "xf56mmF1.2 R": "Fujifilm XF 56mm f/1.2 R",
    "fuji 35 1.4": "Fujifilm XF 35mm f/1.4 R",
    "fujinon 23 f1.4": "Fujifilm XF 23mm f/1.4 R",
    "pentax 43 limited": "smc Pentax-FA 43mm f/1.9 Limited",
    "takumar 50 1.4": "Pentax Super-Takumar 50mm f/1.4",
    "summicron 50": "Leica Summicron-M 50mm f/2",
    "sumilux 50 1.4": "Leica Summilux-M 50mm f/1.4 ASPH.",
    "noctilux": "Leica Noctilux-M 50mm f/0.95 ASPH.",
    "planar 1.4/50": "Carl Zeiss Planar T* 1,4/50 ZF.2",
    "batis 25": "Zeiss Batis 25mm f/2",
    "nocticron": "Panasonic Leica DG Nocticron 42.5mm f/1.2 Asph. Power OIS",
    "panasonic 20 1.7": "Panasonic Lumix G 20mm f/1.7 Asph.",
    "olympus 45 1.8": "Olympus M.Zuiko Digital 45mm f/1.8",
    "samyang 85": "Samyang 85mm f/1.4 IF UMC Aspherical",
    "rokinon 85": "Samyang 85mm f/1.4 IF UMC Aspherical",
    "voigtlander 40 f2": "Voigtländer Ultron 40mm f/2 SL-II Aspherical",
    "tokina 11-16": "Tokina AF 11-16mm f/2.8 AT-X Pro DX",
    "minolta rokkor 50": "Minolta MD Rokkor 50mm 1:1.4",
    "50mm f/0.95": "Mitakon Speedmaster 50mm f/0.95 III",
    "x100": "Fujifilm X100 (fixed lens)",
}


def test_the_lens_that_is_meant_is_among_the_first_three(catalogue: actions.Loaded) -> None:
    missed = {text: [lens.name for lens in search(text)[:3]] for text in MEANT}
    assert {text: names for text, names in missed.items() if MEANT[text] not in names} == {}
    assert len(MEANT) >= 40


def test_numbers_filter(catalogue: actions.Loaded) -> None:
    found = search("canon 50 1.2")
    assert {(lens.min_focal_mm, lens.widest_f_number) for lens in found} == {(50.0, 1.2)}


def test_a_number_that_fits_nothing_is_a_slip(catalogue: actions.Loaded) -> None:
    assert search("batis 25 1.2")[0].name == "Zeiss Batis 25mm f/2"


def test_nothing_like_it_and_nothing_asked_find_nothing(catalogue: actions.Loaded) -> None:
    assert search("qwertz") == search("") == search("   ") == []


def test_search_keeps_to_what_it_is_given(catalogue: actions.Loaded) -> None:
    nikon = LensModel.objects.filter(maker__name="Nikon")
    assert {lens.maker.name for lens in search("50 1.8", within=nikon)} == {"Nikon"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("canon 50 1.2", Query(("canon",), 50, 50, 1.2)),
        ("24-70/2.8 sigma", Query(("sigma",), 24, 70, 2.8)),
        ("85 2", Query((), 85, 85, 2)),
        ("5.6", Query((), None, None, 5.6)),
        ("planar 1,4/50", Query(("planar",), 50, 50, 1.4)),
        ("fuji", Query(("fujifilm",))),
        ("x100", Query(("x", "x100"))),
    ],
)
def test_parse(text: str, expected: Query) -> None:
    assert parse(text) == expected


def test_bodies_are_found_by_the_name_people_use_and_by_what_cameras_write(catalogue: actions.Loaded) -> None:
    for text in ("alpha 7 iii", "ILCE-7M3", "sony 7m3"):
        assert "Sony Alpha 7 III" in [body.name for body in queries.bodies_like(text)], text


WORST = {
    "letters": " ".join("abcdefghijklmnopqrstuvwxyz" * 20),
    "words": " ".join(f"qw{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(500)),
    "digits": "1" * 100_000,
    "ranges": "1-" * 50_000,
    "spaces": "1" + " " * 100_000 + "x",
    "one letter": "a" * 100_000,
    "expanding": "\ufdfa" * 10_000,
}


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How many words each ranking compared, and the signs of the longest."""
    sizes: list[tuple[int, int]] = []
    real = search_module.process.cdist

    def cdist(words: Sequence[str], vocabulary: Sequence[str], **options: Any) -> Any:
        sizes.append((len(words), max(map(len, words), default=0)))
        return real(words, vocabulary, **options)

    monkeypatch.setattr(search_module.process, "cdist", cdist)
    return sizes


def test_few_words_are_compared_whatever_is_asked(
    catalogue: actions.Loaded, compared: list[tuple[int, int]], django_assert_num_queries: Any
) -> None:
    for text in WORST.values():
        compared.clear()
        search(text)
        assert len(compared) <= 3
        assert all(n_words <= MOST_WORDS and longest <= LONGEST_NAME for n_words, longest in compared)
        with django_assert_num_queries(1) as asked:
            list(queries.bodies_like(text))
        sql = asked.captured_queries[0]["sql"]
        assert 0 < sql.count("EXISTS") <= queries.MOST_WORDS
        assert sql.count("JOIN") == 1  # the maker: no row is multiplied by the names it has
        assert len(sql) < 12_000
    compared.clear()
    assert search("qwertz") == []
    assert len(compared) == 1  # without numbers there is nothing to drop and ask again
