"""Segments and chunks, one after another."""

from analysis.photos.containers import (
    MOST_CHUNKS,
    MOST_SEGMENTS,
    find_camera_parts,
    format_of,
    jpeg_segments,
    png_chunks,
)
from analysis.photos.source import Source
from tests import hostile


def test_formats_are_known_by_their_first_bytes():
    found = [format_of(Source(data)) for data in (hostile.jpeg(), hostile.png(), hostile.tiff([]), b"GIF89a", b"")]
    assert found == ["JPEG", "PNG", "TIFF", None, None]


def test_parts_come_with_their_place():
    data = hostile.jpeg(hostile.segment(0xE0, b"JFIF"), hostile.segment(0xFE, b"comment"))
    assert [(part.kind, data[part.at : part.at + part.length]) for part in jpeg_segments(Source(data))][:2] == [
        (b"\xe0", b"JFIF"),
        (b"\xfe", b"comment"),
    ]
    data = hostile.png(hostile.chunk(b"tEXt", b"comment"))
    kinds = {part.kind: data[part.at : part.at + part.length] for part in png_chunks(Source(data))}
    assert list(kinds) == [b"IHDR", b"tEXt", b"IDAT"]
    assert kinds[b"tEXt"] == b"comment"


def test_of_several_blocks_of_exif_the_first_counts():
    data = hostile.jpeg(hostile.segment(0xE1, b"Exif\0\0first"), hostile.segment(0xE1, b"Exif\0\0second"))
    at = find_camera_parts(Source(data)).tiff_at
    assert data[at : at + 5] == b"first"


def test_floods_of_segments_and_chunks_are_followed_so_far():
    assert len(list(jpeg_segments(Source(hostile.jpeg(hostile.segment(0xE1, b"") * 100_000))))) == MOST_SEGMENTS
    assert len(list(png_chunks(Source(hostile.png(hostile.chunk(b"tEXt") * 100_000))))) == MOST_CHUNKS
