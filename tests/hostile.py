"""Files that are made to hold up or to fill whoever reads them: texts, counts, loops, overlaps, floods, lies.

Each is small on disk or as large as its point needs. They are made anew each time; none is a photo of anything.
"""

import functools
import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAKE, MODEL, SOFTWARE, TAKEN_AT, LENS, BODY_SERIAL, LENS_SERIAL = 0x10F, 0x110, 0x131, 0x9003, 0xA434, 0xA431, 0xA435
WIDTH, HEIGHT, BITS, STRIPS, XMP, EXIF, NOTE = 0x100, 0x101, 0x102, 0x111, 0x2BC, 0x8769, 0x927C
ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
KINDS = range(14)
Entries = list[tuple[int, int, int, int | bytes]]
"""Of a directory: tag, kind, count, and the place of the values or the four bytes themselves."""
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class HostileFile:
    """A file by its name; its bytes are made when they are asked for."""

    name: str
    make: Callable[[], bytes]


class CountedFile(io.BytesIO):
    """A file that counts what is asked of it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.n_bytes = self.n_reads = 0

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        self.n_bytes += len(found)
        self.n_reads += 1
        return found


def ifd(entries: Entries, order: str = "<", following: int = 0) -> bytes:
    """A directory."""
    table = b"".join(
        struct.pack(f"{order}HHL", tag, kind, count)
        + (place.ljust(4, b"\0") if isinstance(place, bytes) else struct.pack(f"{order}L", place))
        for tag, kind, count, place in entries
    )
    return struct.pack(f"{order}H", len(entries)) + table + struct.pack(f"{order}L", following)


def tiff(entries: Entries, rest: bytes = b"", *, order: str = "<", **more: int) -> bytes:
    """A TIFF structure with its first directory at 8 and `rest` behind it."""
    start = struct.pack(f"{order}2sHL", b"II" if order == "<" else b"MM", 42, 8)
    return start + ifd(entries, order, **more) + rest


def behind(n_entries: int) -> int:
    """The place right behind a first directory of so many entries."""
    return 8 + 2 + 12 * n_entries + 4


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def frame(width: int = 64, height: int = 48, bits: int = 8, samples: int = 1, marker: int = 0xC0) -> bytes:
    return segment(marker, struct.pack(">BHHB", bits, height, width, samples) + bytes(3 * min(samples, 4)))


def jpeg(*parts: bytes, size: bytes | None = None, tail: bytes = bytes(200)) -> bytes:
    """A JPEG of segments, a frame header and a scan of nothing."""
    return b"\xff\xd8" + b"".join(parts) + (frame() if size is None else size) + segment(0xDA, bytes(6)) + tail


def in_jpeg(exif: bytes) -> bytes:
    """A JPEG with this EXIF in its first segment; what does not fit stands behind the picture, within reach."""
    head, rest = exif[:65_000], exif[65_000:]
    return jpeg(segment(0xE1, b"Exif\0\0" + head), tail=rest or bytes(200))


def chunk(kind: bytes, content: bytes = b"", length: int | None = None) -> bytes:
    size = len(content) if length is None else length
    return struct.pack(">L", size) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


def png(*chunks: bytes, width: int = 64, height: int = 48) -> bytes:
    header = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0))
    return PNG + header + b"".join(chunks) + chunk(b"IDAT", zlib.compress(bytes(3120))) + chunk(b"IEND")


def picture(more: Entries, rest: bytes = b"", **options: int) -> bytes:
    """A TIFF file that is a picture of 64 x 48, with more entries."""
    size: Entries = [
        (WIDTH, SHORT, 1, b"\x40\0"),
        (HEIGHT, SHORT, 1, b"\x30\0"),
        (BITS, SHORT, 1, b"\x08\0"),
        (STRIPS, LONG, 1, 8),
    ]
    return tiff(size + more, rest, **options)


def with_exif(entries: Entries, rest: bytes = b"") -> bytes:
    """A TIFF structure whose EXIF directory has these entries; their `place` counts from its start."""
    return tiff([(MAKE, ASCII, 6, 26 + 12), (EXIF, LONG, 1, 48)], b"Canon\0".ljust(10, b"\0") + ifd(entries) + rest)


def honest_exif() -> bytes:
    """What a camera might write, with a lens, serial numbers and a note."""
    texts = {LENS: b"EF50mm f/1.2L USM\0", BODY_SERIAL: b"B-12345\0", LENS_SERIAL: b"L-67890\0"}
    entries: Entries = [(0x829D, RATIONAL, 1, 400), (0x8827, SHORT, 1, b"\xc8\0")]
    values, at = struct.pack("<LL", 12, 10), 408
    for tag, text in texts.items():
        entries.append((tag, ASCII, len(text), at))
        values, at = values + text, at + len(text)
    return with_exif(entries).ljust(400, b"\0") + values


def texts() -> Iterator[HostileFile]:
    """Long texts, and such as patterns stumble over; of the length that one segment holds and of 3 MB."""
    contents = {
        "zeros": b"0",
        "spaces": b" ",
        "nuls": b"\0",
        "dashes": b"-",
        "zeros-mm": b"0.0 mm f/",
        "accents": "é".encode(),
        "no-utf8": b"\xff\xfe",
    }
    for tag in (MAKE, MODEL, SOFTWARE):
        for name, content in contents.items():
            for n in (60_000, 3_000_000):
                text = (content * (n // len(content))) + b"x"

                def made(tag: int = tag, text: bytes = text) -> bytes:
                    return in_jpeg(tiff([(tag, ASCII, len(text), behind(1))], text))

                yield HostileFile(f"text-{tag:x}-{name}-{n}.jpg", made)
    for tag in (TAKEN_AT, LENS, BODY_SERIAL, LENS_SERIAL):
        for name in ("zeros", "dashes"):
            text = contents[name] * 60_000 + b"x"
            entries: Entries = [(tag, ASCII, len(text), 48 + 18)]
            yield HostileFile(f"text-{tag:x}-{name}.jpg", functools.partial(_exif_jpeg, entries, text))


def _exif_jpeg(entries: Entries, rest: bytes) -> bytes:
    return in_jpeg(with_exif(entries, rest))


def counts() -> Iterator[HostileFile]:
    """Every kind of value, none, many and more than there can be."""
    for kind in KINDS:
        for count in (0, 16, 999, 65_535, 2**31, 2**32 - 1):
            entries: Entries = [(tag, kind, count, 8) for tag in (MAKE, 0x112, 0x829D, 0x8827, EXIF, WIDTH)]
            yield HostileFile(f"count-{kind}-{count}.jpg", functools.partial(_counted, entries))


def _counted(entries: Entries) -> bytes:
    return in_jpeg(tiff(entries, bytes(5000)))


def many() -> Iterator[HostileFile]:
    """Very many entries, directories that follow one another, and entries that all name the same bytes."""
    for n in (999, 3000, 5000):
        yield HostileFile(f"rationals-{n}.jpg", functools.partial(_rationals, n))
    for n in (200, 500, 5000):
        yield HostileFile(f"same-3500000-bytes-{n}.jpg", functools.partial(_same_bytes, n, 3_500_000))
    yield HostileFile("facts-of-3500000-bytes.tif", functools.partial(_facts_of, 3_500_000))
    for n in (513, 5000, 65_535):
        yield HostileFile(f"entries-{n}.tif", functools.partial(_entries, n))
        yield HostileFile(f"entries-{n}.jpg", lambda n=n: in_jpeg(_entries(n)))
    for n in (100, 3000):
        yield HostileFile(f"chain-{n}.jpg", functools.partial(_chain, n))
    for n in (100, 20_000):
        yield HostileFile(f"overlapping-{n}.jpg", functools.partial(_overlapping, n))


def _rationals(n: int) -> bytes:
    return in_jpeg(tiff([(0x9000 + i % 4000, RATIONAL, 999, 8) for i in range(n)], bytes(9000)))


def _same_bytes(n: int, size: int) -> bytes:
    exif = tiff([(0x9000 + i, ASCII, size - 1000, 66_000) for i in range(n)])
    return in_jpeg(exif.ljust(65_000, b"\0") + b"A" * size)


def _facts_of(size: int) -> bytes:
    tags = (MAKE, MODEL, SOFTWARE, LENS, BODY_SERIAL, LENS_SERIAL)
    return picture([(tag, ASCII, size, behind(10)) for tag in tags], b"A" * size)


def _entries(n: int) -> bytes:
    return struct.pack("<2sHLH", b"II", 42, 8, n) + bytes(12 * n) + bytes(4)


def _chain(n: int) -> bytes:
    links = (ifd([(0x9000 + i, LONG, 1, 8)], following=8 + (i + 1) * 18) for i in range(n))
    return in_jpeg(struct.pack("<2sHL", b"II", 42, 8) + b"".join(links))


def _overlapping(n: int) -> bytes:
    """Directories that begin two bytes apart, each claiming 500 entries."""
    return in_jpeg(struct.pack("<2sHL", b"II", 42, 8) + struct.pack("<H", 500) * n + struct.pack("<L", 10) * 1500)


def loops() -> Iterator[HostileFile]:
    """Directories that lead to themselves or to one another, and notes that do."""
    canon = (MAKE, ASCII, 6, behind(2))
    olympus = b"OLYMPUS\0II\x03\0"
    made: dict[str, Callable[[], bytes]] = {
        "next-is-itself": lambda: in_jpeg(tiff([(MAKE, ASCII, 4, b"Me\0")], following=8)),
        "exif-is-first": lambda: in_jpeg(tiff([canon, (EXIF, LONG, 1, 8)], b"Canon\0")),
        "exif-is-itself": lambda: in_jpeg(with_exif([(EXIF, LONG, 1, 48)])),
        "note-is-exif": lambda: in_jpeg(with_exif([(NOTE, UNDEFINED, 60, 48)])),
        "note-is-first": lambda: in_jpeg(with_exif([(NOTE, UNDEFINED, 60, 8)])),
        "note-is-start": lambda: in_jpeg(with_exif([(NOTE, UNDEFINED, 60, 0)])),
        "exif-inside-exif": lambda: in_jpeg(with_exif([(EXIF, LONG, 1, 50), (NOTE, UNDEFINED, 60, 52)])),
        "equipment-is-note": lambda: in_jpeg(
            tiff(
                [(MAKE, ASCII, 8, 40), (EXIF, LONG, 1, 60)],
                (bytes(2) + b"OLYMPUS\0").ljust(22, b"\0")
                + ifd([(NOTE, UNDEFINED, 100, 100)]).ljust(40, b"\0")
                + olympus
                + ifd([(0x2010, 13, 1, 12)]),
            )
        ),
    }
    yield from (HostileFile(f"loop-{name}.jpg", make) for name, make in made.items())


def places() -> Iterator[HostileFile]:
    """Offsets to the end, beyond it, and into the header; and files that call their order or kind wrongly."""
    for place in (0, 1, 65_000, 2**31 - 1, 2**31, 2**32 - 12, 2**32 - 1):
        entries: Entries = [
            (MAKE, ASCII, 60, place),
            (LENS, ASCII, 60, place),
            (XMP, UNDEFINED, 60_000, place),
            (EXIF, LONG, 1, place),
        ]
        yield HostileFile(f"place-{place}.jpg", lambda entries=entries: in_jpeg(tiff(entries)))
        yield HostileFile(f"place-{place}.tif", lambda entries=entries: picture(entries))
        first = struct.pack("<2sHL", b"II", 42, place)
        yield HostileFile(f"first-at-{place}.jpg", lambda first=first: in_jpeg(first + bytes(100)))
        yield HostileFile(f"first-at-{place}.tif", lambda first=first: first + bytes(100))
        note: Entries = [(NOTE, UNDEFINED, 60, place)]
        yield HostileFile(f"note-at-{place}.jpg", lambda note=note: in_jpeg(with_exif(note)))
    for start in (b"IM*\0", b"MI\0*", b"II\0*", b"MM*\0", b"II+\0", b"\0\0\0\0"):
        data = start + honest_exif()[4:]
        yield HostileFile(f"order-{start.hex()}.jpg", lambda data=data: in_jpeg(data))
        yield HostileFile(f"order-{start.hex()}.tif", lambda data=data: data)


def sizes() -> Iterator[HostileFile]:
    """Headers that lie about the size, or say it twice."""
    made: dict[str, Callable[[], bytes]] = {
        "largest": lambda: jpeg(size=frame(65_535, 65_535)),
        "none": lambda: jpeg(size=frame(0, 0)),
        "twice": lambda: jpeg(frame(8, 8), size=frame(65_535, 65_535)),
        "thousand-times": lambda: jpeg(*[frame(i + 1, 8) for i in range(1000)]),
        "deep": lambda: jpeg(size=frame(bits=255)),
        "channels": lambda: jpeg(size=frame(samples=255)),
        "in-a-comment": lambda: jpeg(segment(0xFE, frame(9999, 9999))),
        "lossless": lambda: jpeg(size=frame(marker=0xC3)),
        "cut": lambda: b"\xff\xd8\xff\xc0\0\x11\x08",
        "never": lambda: b"\xff\xd8" + segment(0xE0, b"JFIF\0") + bytes(1_000_000),
    }
    yield from (HostileFile(f"size-{name}.jpg", make) for name, make in made.items())
    for width, height in ((2**32 - 1, 2**32 - 1), (2**31, 1), (0, 5), (160_000_001, 1)):
        yield HostileFile(f"size-{width}x{height}.png", functools.partial(png, width=width, height=height))
        entries: Entries = [(WIDTH, LONG, 1, width), (HEIGHT, LONG, 1, height)]
        yield HostileFile(f"size-{width}x{height}.tif", lambda entries=entries: picture(entries))
    for kind in (11, 12):
        for value in (float("inf"), float("nan"), 1e300, 64.5):
            stored = struct.pack("<f" if kind == 11 else "<d", min(value, 3e38) if value < float("inf") else value)
            entries = [(tag, kind, 1, stored if kind == 11 else behind(6)) for tag in (WIDTH, HEIGHT)]
            yield HostileFile(
                f"size-{kind}-{value}.tif", lambda entries=entries, stored=stored: picture(entries, stored)
            )


def floods() -> Iterator[HostileFile]:
    """Very many segments or chunks, fill bytes, junk, and packets of XMP."""
    adobe = b"http://ns.adobe.com/xap/1.0/\0"
    made: dict[str, Callable[[], bytes]] = {
        "empty-segments.jpg": lambda: jpeg(segment(0xE1, b"") * 500_000),
        "exif-segments.jpg": lambda: jpeg(segment(0xE1, b"Exif\0\0" + honest_exif()) * 3000),
        "almost-exif-segments.jpg": lambda: jpeg(segment(0xE1, b"Exif\0x" * 40) * 10_000),
        "markers-without-length.jpg": lambda: jpeg(b"\xff\x01\xff\xd0" * 500_000),
        "starts-of-image.jpg": lambda: b"\xff\xd8" * 1_000_000,
        "segments-behind-a-scan.jpg": lambda: jpeg(size=frame(marker=0xC2), tail=segment(0xE1, b"") * 1_000_000),
        "scans.jpg": lambda: jpeg(size=frame(marker=0xC2), tail=segment(0xDA, bytes(6)) * 400_000),
        "fill-bytes.jpg": lambda: jpeg(b"\xff" * 3_000_000),
        "junk.jpg": lambda: jpeg(segment(0xE0, b"JFIF\0"), bytes(3_000_000)),
        "escapes.jpg": lambda: jpeg(segment(0xE0, b"JFIF\0"), b"\xff\0" * 1_500_000),
        "empty-chunks.png": lambda: png(chunk(b"tEXt") * 300_000),
        "exif-chunks.png": lambda: png(chunk(b"eXIf", honest_exif()) * 5000),
        "xmp-chunks.png": lambda: png(chunk(b"iTXt", b"XML:com.adobe.xmp\0" + bytes(4) + b"<aux:Lens>x" * 90) * 3000),
        "unpacked-text.png": lambda: png(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000)))),
        "long-chunk.png": lambda: png(chunk(b"tEXt", b"x", length=2**32 - 1)),
        "chunk-before-header.png": lambda: PNG + chunk(b"tEXt") * 100_000,
        "headers.png": lambda: png(chunk(b"IHDR", bytes(13)) * 50_000),
    }
    for name, content in {
        "names": b"<aux:Lens>x",
        "empty-names": b"<aux:Lens>",
        "half-names": b" aux:Lens",
        "serials": b" aux:LensSerialNumber='" + b"0" * 127,
        "quotes": b' aux:Lens="',
        "spaces": b" ",
        "zeros": b" aux:Lens='" + b"0" * 128,
        "no-utf8": b"<aux:Lens>" + b"\xf0" * 128,
    }.items():
        packet = adobe + (content * (65_000 // len(content)))
        made[f"xmp-{name}.jpg"] = lambda packet=packet: jpeg(segment(0xE1, packet) * 40)
        made[f"xmp-{name}.tif"] = lambda content=content: picture(
            [(XMP, 1, 3_000_000, behind(5))], content * (3_000_000 // len(content))
        )
    yield from (HostileFile(f"flood-{name}", make) for name, make in made.items())


def cut_off() -> Iterator[HostileFile]:
    """Honest files that end at every tenth of their length."""
    exif = honest_exif()
    whole = {"a.jpg": in_jpeg(exif), "b.png": png(chunk(b"eXIf", exif)), "c.tif": picture([(EXIF, LONG, 1, 62)], exif)}
    for name, data in whole.items():
        for tenth in range(1, 10):
            yield HostileFile(f"cut-{tenth}-{name}", functools.partial(_first, data, tenth))


def _first(data: bytes, tenth: int) -> bytes:
    return data[: len(data) * tenth // 10]


def hostile_files() -> Iterator[HostileFile]:
    """All of them."""
    for family in (texts, counts, many, loops, places, sizes, floods, cut_off):
        yield from family()
