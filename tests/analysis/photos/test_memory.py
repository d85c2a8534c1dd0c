"""What decoding takes by the header alone, and what is refused by it."""

import re

import pytest

from analysis.photos.header import PictureHeader
from analysis.photos.memory import (
    FILE_BYTES,
    FIXED_BYTES,
    MIB,
    PIXELS_MAX,
    PROCESS_BYTES,
    decoded_bytes,
    largest_pixels,
    refusal,
    too_large,
)


def header(kind="JPEG", width=14_204, height=10_652, bits=8, samples=3, **more):
    """Of 151 megapixels unless said otherwise, the largest sensor there is."""
    return PictureHeader(kind, width, height, bits, samples, **more)


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("is_progressive", [False, True])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_largest_sensors_jpeg_and_png_files_are_read(kind, samples, is_progressive):
    assert not too_large(header(kind, samples=samples, is_progressive=is_progressive))


@pytest.mark.parametrize("samples", [1, 3, 4])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_read_up_to_at_least_65_megapixels_however_they_are_stored(kind, samples):
    one_strip = 65_000_000 if kind == "TIFF" else 0
    assert not too_large(header(kind, 10_000, 6_500, bits=16, samples=samples, part_pixels=one_strip))


@pytest.mark.parametrize(
    "large",
    [
        header(width=20_000, height=9_000),
        header("PNG", 20_000, 9_000, bits=16),
        header("TIFF", 12_000, 13_000, bits=16, samples=4, part_pixels=12_000 * 13_000),
        header("TIFF", 12_000, 13_000, bits=16, samples=3, part_pixels=12_000 * 13_000),
    ],
)
def test_the_sentence_names_the_number_by_which_is_judged(large):
    found = re.fullmatch(r"The picture has ([\d.]+) megapixels; at most ([\d.]+) are read from a .+\.", refusal(large))
    has, most = (float(number) * 1e6 for number in found.groups())
    assert has == pytest.approx(large.n_pixels, rel=1e-3)
    assert most == largest_pixels(large)

    def at(pixels):
        part = pixels if large.part_pixels else 0
        return PictureHeader(large.format, pixels, 1, large.bits_per_sample, large.samples_per_pixel, part_pixels=part)

    assert not too_large(at(int(most)))
    assert too_large(at(int(most) + 100_000))


def test_what_is_let_in_leaves_room_for_the_program_and_the_file():
    for samples in (1, 3, 4):
        for bits in (8, 16, 32):
            for part in (0, 1):
                one = header("TIFF", 1000, 1000, bits=bits, samples=samples, part_pixels=part * 1_000_000)
                most = largest_pixels(one)
                assert most <= PIXELS_MAX
                assert decoded_bytes(one) / one.n_pixels * most <= PROCESS_BYTES - FIXED_BYTES - FILE_BYTES


def test_a_larger_file_leaves_less_for_its_pixels():
    one = header("TIFF", samples=4)
    assert not too_large(one, 80 * MIB)
    assert too_large(one, 900 * MIB)


def test_a_tile_larger_than_any_picture_and_values_without_end_are_refused():
    assert "tiles" in refusal(header("TIFF", 100, 100, part_pixels=10**12))
    assert "other data" in refusal(header("TIFF", 100, 100, values_bytes=10**9))
