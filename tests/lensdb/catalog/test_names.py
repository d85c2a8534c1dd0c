"""Names: one spelling for comparing, and the numbers in them."""

import pytest

from lensdb.catalog import names
from lensdb.catalog.names import Numbers


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("EF50mm f/1.2L USM", "ef50mmf1.2lusm"),
        ("EF 50 mm F1.2 L USM", "ef50mmf1.2lusm"),
        ("18.0-70.0 mm f/3.5-4.5", "18-70mmf3.5-4.5"),
        ("Summilux-M 1:1.4/50 ASPH.", "summiluxmf1.450asph"),
        ("Voigtländer Nokton ƒ/1.4", "voigtlandernoktonf1.4"),
        ("10.0 mm f/2.80", "10mmf2.80"),
        ("  ", ""),
    ],
)
def test_normalise(written: str, expected: str) -> None:
    assert names.normalise(written) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Canon EF 50mm f/1.2L USM", Numbers(50, 50, 1.2)),
        ("XF56mmF1.2 R", Numbers(56, 56, 1.2)),
        ("XF18mm", Numbers(18, 18, None)),
        ("18.0-70.0 mm f/3.5-4.5", Numbers(18, 70, 3.5)),
        ("LEICA DG NOCTICRON 42.5/F1.2", Numbers(42.5, 42.5, 1.2)),
        ("LUMIX G VARIO 100-300/F4.0-5.6II", Numbers(100, 300, 4.0)),
        ("Summicron-M 1:2/50", Numbers(50, 50, 2.0)),
        ("VARIO-ELMARIT-SL 1:2.8/24-70 ASPH.", Numbers(24, 70, 2.8)),
        ("Carl Zeiss Distagon T* 3,5/18 ZF.2", Numbers(18, 18, 3.5)),
        ("Touit 1.8/32", Numbers(32, 32, 1.8)),
        ("Carl Zeiss Jena Flektogon 4/20mm", Numbers(20, 20, 4.0)),
        ("Minolta MD 35mm 1/2.8", Numbers(35, 35, 2.8)),
        ("Tokina AT-X 14-20 F2 PRO DX", Numbers(14, 20, 2.0)),
        ("Mitakon Speedmaster 50mm f/0.95 III", Numbers(50, 50, 0.95)),
        ("Olympus Tough TG-5", Numbers()),
        ("", Numbers()),
    ],
)
def test_numbers(name: str, expected: Numbers) -> None:
    assert names.numbers(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Canon", "Canon"),
        ("NIKON CORPORATION", "Nikon"),
        ("Olympus Imaging Corp.", "Olympus"),
        ("Olympus Optical Co.,Ltd", "Olympus"),
        ("OM Digital Solutions", "OM System"),
        ("RICOH IMAGING COMPANY, LTD.", "Ricoh"),
        ("LEICA CAMERA AG", "Leica"),
        ("Konica Minolta Camera, Inc.", "Konica Minolta"),
        ("Carl Zeiss", "Zeiss"),
        ("SONY", "Sony"),
        ("DJI", "DJI"),
    ],
)
def test_clean_maker(text: str, expected: str) -> None:
    assert names.clean_maker(text) == expected


@pytest.mark.parametrize(
    ("make", "model", "expected"),
    [
        ("Canon", "Canon EOS 5D Mark II", "canon eos5dmarkii"),
        ("NIKON CORPORATION", "NIKON D850", "nikon d850"),
        ("PENTAX Corporation", "PENTAX *ist D", "pentax *istd"),
        ("SONY", "ILCE-7M3", "sony ilce7m3"),
    ],
)
def test_body_key(make: str, model: str, expected: str) -> None:
    assert names.body_key(make, model) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Canon EF 50mm f/1.2L USM", "canon-ef-50mm-f1-2l-usm"),
        ("Canon RF 50mm F1.2L USM", "canon-rf-50mm-f1-2l-usm"),
        ("Voigtländer Ultron 40mm f/2 SL-II Aspherical", "voigtlander-ultron-40mm-f2-sl-ii-aspherical"),
        ("Carl Zeiss Planar T* 1,4/50 ZF.2", "carl-zeiss-planar-t-1-4-50-zf-2"),
        ("Sigma 24-70mm F2.8 DG DN | Art 019", "sigma-24-70mm-f2-8-dg-dn-art-019"),
    ],
)
def test_slug(name: str, expected: str) -> None:
    assert names.slug(name) == expected


@pytest.mark.parametrize(
    ("maker", "name", "expected"),
    [
        ("Canon", "Canon EF 50mm", "Canon EF 50mm"),
        ("Sony", "FE 35mm", "Sony FE 35mm"),
        ("Pentax", "smc Pentax-FA 43mm", "smc Pentax-FA 43mm"),
        ("Zeiss", "Carl Zeiss Planar", "Carl Zeiss Planar"),
        ("Voigtländer", "Voigtlander Ultron", "Voigtlander Ultron"),
    ],
)
def test_with_maker_says_it_once(maker: str, name: str, expected: str) -> None:
    assert names.with_maker(maker, name) == expected


@pytest.mark.parametrize("text", ["a" * 100_000, "\ufdfa" * 10_000, "ß" * 10_000, "1 " * 50_000, "e\u0301" * 50_000])
def test_names_are_cut_before_any_pattern_sees_them(text: str) -> None:
    for cut in (names.fold(text), names.normalise(text), names.clean_maker(text)):
        assert len(cut) <= names.LONGEST_NAME
    assert len(names.body_key(text, text)) <= 2 * names.LONGEST_NAME + 1
    assert len(names.slug(text)) <= 120


def test_numbers_behind_long_runs_are_still_found() -> None:
    assert names.numbers("0" * 100 + " 50mm f/1.4") == Numbers(50, 50, 1.4)
    assert names.numbers("50" + " " * 100 + "mm") == Numbers(50, 50, None)
