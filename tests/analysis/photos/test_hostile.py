"""Whatever stands in a file, little of it is read, few patterns see little of it, and nothing raises."""

import io
import math
import re
from dataclasses import asdict

import pytest

from analysis.photos import exif, source, tiff
from analysis.photos.containers import MOST_CHUNKS, MOST_SEGMENTS, jpeg_segments, png_chunks
from analysis.photos.exif import read_facts
from analysis.photos.header import read_header
from analysis.photos.source import Source
from analysis.photos.tiff import TiffReader
from tests import hostile

FILES = list(hostile.hostile_files())
MOST_READS = 2 * (MOST_SEGMENTS + MOST_CHUNKS) + 200
"""Two walks through a file's parts, and a value of each tag that is asked for."""


class CountedFile(io.BytesIO):
    """Counts what is asked of it."""

    def __init__(self, data):
        super().__init__(data)
        self.n_bytes = self.n_reads = 0

    def read(self, size=-1):
        found = super().read(size)
        self.n_bytes += len(found)
        self.n_reads += 1
        return found


def test_there_are_many_of_them():
    assert len(FILES) >= 200
    assert len({file.name for file in FILES}) == len(FILES)


@pytest.mark.parametrize("read", [read_facts, read_header])
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_little_is_read_and_less_comes_out(file, read):
    counted = CountedFile(file.make())
    said = read(counted)
    assert counted.n_bytes <= source.MOST_BYTES
    assert counted.n_reads <= MOST_READS
    for value in asdict(said).values() if said else ():
        if isinstance(value, str):
            assert len(value) <= tiff.LONGEST_TEXT
        elif isinstance(value, float):
            assert math.isfinite(value)


class WatchedPattern:
    """A pattern that remembers the longest text it saw."""

    def __init__(self, pattern):
        self.pattern, self.longest = pattern, 0

    def __getattr__(self, name):
        def tried(text):
            self.longest = max(self.longest, len(text))
            return getattr(self.pattern, name)(text)

        return tried


def test_patterns_see_short_texts_only(monkeypatch):
    patterns = {name: WatchedPattern(value) for name, value in vars(exif).items() if isinstance(value, re.Pattern)}
    for name, pattern in patterns.items():
        monkeypatch.setattr(exif, name, pattern)
    for file in FILES:
        read_facts(file.make())
    longest = {name: pattern.longest for name, pattern in patterns.items()}
    assert 10_000 < longest.pop("_XMP_NAME") <= 64 * 1024
    assert all(0 < length <= tiff.LONGEST_TEXT for length in longest.values())


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


def test_however_often_it_is_asked_no_more_than_the_limit_is_read():
    counted = CountedFile(hostile.tiff([(0x9000, 2, 3_500_000, 100)], b"A" * 4_000_000))
    directory = TiffReader(Source(counted)).first(0)
    texts = [directory.text(0x9000) for _ in range(10_000)]
    assert counted.n_bytes <= source.MOST_BYTES
    assert texts[-1] == ""


def test_floods_of_segments_and_chunks_are_followed_so_far():
    assert len(list(jpeg_segments(Source(hostile.jpeg(hostile.segment(0xE1, b"") * 100_000))))) == MOST_SEGMENTS
    assert len(list(png_chunks(Source(hostile.png(hostile.chunk(b"tEXt") * 100_000))))) == MOST_CHUNKS


def test_honest_files_made_the_same_way_are_read():
    exif_bytes = hostile.honest_exif()
    told = {
        (facts.make, facts.lens, facts.f_number, facts.iso, facts.body_serial, facts.lens_serial)
        for facts in (
            read_facts(hostile.in_jpeg(exif_bytes)),
            read_facts(hostile.png(hostile.chunk(b"eXIf", exif_bytes))),
            read_facts(exif_bytes),
        )
    }
    assert told == {("Canon", "EF50mm f/1.2L USM", 1.2, 200.0, "B-12345", "L-67890")}
