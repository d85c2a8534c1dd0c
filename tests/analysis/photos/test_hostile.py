"""Whatever stands in a file, little of it is read, few patterns see little of it, and nothing raises."""

import math
import re
from dataclasses import asdict

import pytest

from analysis.photos import exif, source, tiff
from analysis.photos.containers import MOST_CHUNKS, MOST_SEGMENTS
from analysis.photos.exif import read_facts
from analysis.photos.header import read_header
from tests import hostile
from tests.hostile import CountedFile

FILES = list(hostile.hostile_files())
MOST_READS = 2 * (MOST_SEGMENTS + MOST_CHUNKS) + 200
"""Two walks through a file's parts, and a value of each tag that is asked for."""


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
