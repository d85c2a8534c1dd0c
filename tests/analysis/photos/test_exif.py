"""Facts of photos made here with Pillow: what was written is read back, and nonsense is not."""

import io

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from analysis.photos.exif import CameraFacts, pixel_pitch_um, read_facts

EXIF_IFD = 0x8769
PLAIN = {
    0x829D: IFDRational(12, 10),
    0x920A: IFDRational(50, 1),
    0x829A: IFDRational(1, 125),
    0x8827: 200,
    0x9003: "2026:11:23 10:11:12",
    0xA434: "EF50mm f/1.2L USM",
    0xA431: "B-12345",
    0xA435: "L-67890",
    0xA20E: IFDRational(25400, 6),
    0xA210: 2,
}


def photo(exif=None, *, kind="JPEG", make="Canon", model="EOS R6", size=(90, 60), extra=None):
    image = Image.fromarray(np.zeros(size[::-1], np.uint8))
    tags = image.getexif()
    for tag, value in {0x010F: make, 0x0110: model, **(extra or {})}.items():
        if value is not None:
            tags[tag] = value
    tags.get_ifd(EXIF_IFD).update(PLAIN if exif is None else exif)
    stream = io.BytesIO()
    image.save(stream, kind, exif=tags)
    return stream.getvalue()


def test_what_was_written_is_read_back():
    facts = read_facts(photo())
    assert facts == CameraFacts(
        make="Canon",
        model="EOS R6",
        lens="EF50mm f/1.2L USM",
        f_number=1.2,
        focal_length_mm=50.0,
        exposure_s=1 / 125,
        iso=200.0,
        taken_at="2026-11-23 10:11:12",
        body_serial="B-12345",
        lens_serial="L-67890",
        pixel_pitch_um=pytest.approx(6.0),
        width_px=90,
        height_px=60,
    )


@pytest.mark.parametrize(
    ("tag", "value", "name"),
    [
        (0x829D, IFDRational(205, 1024), "f_number"),
        (0x829D, IFDRational(0, 0), "f_number"),
        (0x920A, IFDRational(0, 1), "focal_length_mm"),
        (0x8827, 0, "iso"),
        (0xA434, "----", "lens"),
        (0xA434, "0.0 mm f/0.0", "lens"),
        (0xA435, "0000000000", "lens_serial"),
        (0xA431, "\0\0\0\0", "body_serial"),
        (0x9003, "0000:00:00 00:00:00", "taken_at"),
        (0xA20E, IFDRational(1366139, 12800), "pixel_pitch_um"),
    ],
)
def test_nonsense_is_unknown(tag, value, name):
    assert getattr(read_facts(photo({**PLAIN, tag: value})), name) is None


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"GIF89a", b"II*\0\xff\xff\xff\xff", bytes(range(256)) * 8])
def test_what_is_no_photo_has_no_facts(data):
    assert read_facts(data) == CameraFacts()


def test_a_file_cut_anywhere_never_raises():
    data = photo()
    for end in range(0, len(data), 7):
        read_facts(data[:end])


def test_an_editor_is_noticed_by_name_and_by_size():
    assert read_facts(photo(extra={0x0131: "Adobe Photoshop 7.0"})).edited
    assert not read_facts(photo(extra={0x0131: "Ver.1.00"})).edited
    resized = read_facts(photo({**PLAIN, 0xA002: 6000, 0xA003: 4000}))
    assert resized.edited
    assert resized.pixel_pitch_um is None


def test_pixel_pitch_falls_back_to_the_equivalent_focal_length():
    exif = {tag: value for tag, value in PLAIN.items() if tag not in {0xA20E, 0xA210}} | {0xA405: 75}
    facts = read_facts(photo(exif, size=(3000, 2000)))
    assert pixel_pitch_um(facts) == pytest.approx(1e3 * 43.267 / 1.5 / 3605.55, rel=1e-4)
    assert pixel_pitch_um(CameraFacts()) is None


def test_xmp_names_the_lens_when_exif_does_not():
    xmp = b'http://ns.adobe.com/xap/1.0/\0<rdf:Description aux:SerialNumber="4711x" aux:Lens="EF24-70mm f/2.8L USM"/>'
    segment = b"\xff\xe1" + (len(xmp) + 2).to_bytes(2, "big") + xmp
    data = photo({0x829D: IFDRational(4, 1)})
    facts = read_facts(data[:2] + segment + data[2:])
    assert (facts.lens, facts.body_serial) == ("EF24-70mm f/2.8L USM", "4711x")


def test_facts_stand_in_png_and_tiff_too():
    assert read_facts(photo(kind="PNG")) == read_facts(photo())
    jpeg = photo()
    exif = jpeg[jpeg.index(b"Exif\0\0") + 6 :]  # a TIFF of its own, without a picture
    facts = read_facts(exif)
    assert (facts.make, facts.lens, facts.f_number, facts.width_px) == ("Canon", "EF50mm f/1.2L USM", 1.2, 0)


def test_facts_are_found_behind_other_segments():
    data = photo()
    segment = b"\xff\xe2" + (60_000).to_bytes(2, "big") + bytes(59_998)
    assert read_facts(data[:2] + segment + data[2:]) == read_facts(data)


def test_long_texts_are_cut():
    assert read_facts(photo(model="x" * 5000)).model == "x" * 256
