"""Reading by place, within a limit."""

import io

from analysis.photos import source
from analysis.photos.source import Source
from analysis.photos.tiff import TiffReader
from tests import hostile
from tests.hostile import CountedFile


def test_bytes_and_files_are_read_alike():
    for file in (b"0123456789", io.BytesIO(b"0123456789")):
        found = Source(file)
        assert [found.read(2, 3), found.read(8, 5), found.read(20, 1), found.read(-1, 3), found.read(3, 0)] == [
            b"234",
            b"89",
            b"",
            b"",
            b"",
        ]
        assert (found.number(0, 2), found.number(0, 2, "<"), found.number(9, 2)) == (0x3031, 0x3130, None)


def test_nothing_is_read_beyond_the_limit():
    found = Source(bytes(2 * source.MOST_BYTES))
    assert len(found.read(0, source.MOST_BYTES)) == found.n_bytes == source.MOST_BYTES
    assert found.read(0, 1) == b""


def test_however_often_it_is_asked_no_more_than_the_limit_is_read():
    counted = CountedFile(hostile.tiff([(0x9000, 2, 3_500_000, 100)], b"A" * 4_000_000))
    directory = TiffReader(Source(counted)).first(0)
    texts = [directory.text(0x9000) for _ in range(10_000)]
    assert counted.n_bytes <= source.MOST_BYTES
    assert texts[-1] == ""
