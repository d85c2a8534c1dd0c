"""TIFF directories: what stands in them is read within limits."""

import math
import struct

import pytest

from analysis.photos import tiff
from analysis.photos.source import Source
from analysis.photos.tiff import TiffReader
from tests import hostile
from tests.hostile import CountedFile


def first(data):
    return TiffReader(Source(data)).first(0)


@pytest.mark.parametrize("order", ["<", ">"])
def test_values_of_every_kind_are_read_in_either_order(order):
    stored = {
        1: ("B", 200),
        3: ("H", 60_000),
        4: ("L", 4_000_000_000),
        6: ("b", -100),
        8: ("h", -30_000),
        9: ("l", -2_000_000_000),
        11: ("f", 0.5),
    }
    for kind, (code, value) in stored.items():
        found = first(hostile.tiff([(0x9000, kind, 1, struct.pack(order + code, value))], order=order))
        assert found.number(0x9000) == value
    for kind, code, pair, value in ((5, "LL", (12, 10), 1.2), (10, "ll", (-1, 4), -0.25), (5, "LL", (1, 0), math.nan)):
        data = hostile.tiff([(0x9000, kind, 1, hostile.behind(1))], struct.pack(order + code, *pair), order=order)
        assert first(data).number(0x9000) == pytest.approx(value, nan_ok=True)
    found = first(hostile.tiff([(0x9000, 12, 1, hostile.behind(1))], struct.pack(f"{order}d", 1e100), order=order))
    assert found.number(0x9000) == 1e100


def test_the_last_of_a_few_values_counts_and_of_many_none():
    assert first(hostile.tiff([(0x8827, 3, 2, struct.pack("<HH", 0, 400))])).number(0x8827) == 400
    many = hostile.tiff([(0x8827, 3, tiff.MOST_VALUES + 1, 8)], bytes(100))
    assert math.isnan(first(many).number(0x8827))


def test_a_text_ends_at_its_first_nul_and_at_its_limit():
    text = b" Canon \0hidden" + bytes(20)
    assert first(hostile.tiff([(0x10F, 2, len(text), hostile.behind(1))], text)).text(0x10F) == "Canon"
    long = hostile.tiff([(0x10F, 2, 5000, hostile.behind(1))], b"A" * 5000)
    assert first(long).text(0x10F) == "A" * tiff.LONGEST_TEXT
    assert first(long).text(0x110) == ""
    assert first(hostile.tiff([(0x10F, 3, 2, b"Ab\0\0")])).text(0x10F) == ""


@pytest.mark.parametrize("n", [513, 5000, 65_535])
def test_a_directory_of_too_many_entries_is_left_alone(n):
    reader = TiffReader(Source(hostile.tiff([(0x9000, 3, 1, b"\1")] * n)))
    assert reader.first(0) is None
    assert reader.n_entries == 0


def test_entries_are_counted_over_all_directories_and_none_is_read_twice():
    data = hostile.tiff([(0x9000 + i, 3, 1, b"\1") for i in range(200)])
    overlapping = data + b"".join(hostile.ifd([(0x9000 + i, 3, 1, b"\1") for i in range(200)]) for _ in range(5))
    reader = TiffReader(Source(overlapping))
    length = len(data) - 8
    found = [reader.directory(8 + i * length, base=0, order="<") for i in range(6)]
    assert [directory is not None for directory in found] == [True, True, False, False, False, False]
    assert reader.n_entries == 400
    assert reader.directory(8, base=0, order="<") is None


def test_entries_cost_nothing_until_they_are_asked_for():
    data = hostile.tiff([(0x9000 + i, 2, 3_500_000, 6100) for i in range(500)], b"A" * 4_000_000)
    counted = CountedFile(data)
    directory = TiffReader(Source(counted)).first(0)
    assert len(directory.entries) == 500
    assert counted.n_bytes < 10_000
    assert directory.text(0x9000) == "A" * tiff.LONGEST_TEXT
