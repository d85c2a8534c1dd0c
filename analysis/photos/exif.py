"""What the camera wrote about a photo, with placeholders and nonsense taken out.

Pure Python, made for untrusted files: nothing here decodes a pixel, nothing in a file can make it raise, and every
piece that is read has a limit (`analysis.photos.source`, `analysis.photos.tiff`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Final

from analysis.photos.containers import find_camera_parts
from analysis.photos.header import read_header
from analysis.photos.makernotes import read_maker_notes
from analysis.photos.source import Readable, Source, source_of
from analysis.photos.tiff import Directory, TiffReader

FULL_FRAME_DIAGONAL_MM: Final = 43.267

_F_NUMBERS: Final = (0.7, 100.0)
_FOCAL_LENGTHS_MM: Final = (1.0, 5000.0)
_EXPOSURES_S: Final = (1e-6, 1e5)
_ISOS: Final = (1.0, 1e7)
_PIXEL_PITCHES_UM: Final = (0.5, 25.0)
_UM_OF_UNIT: Final = {2: 25_400.0, 3: 10_000.0, 4: 1_000.0, 5: 1.0}

_SIDES_PX: Final = (1, 2**32)

# Tags of the EXIF standard (CIPA DC-008), which some writers put into the first directory.
_MAKE, _MODEL, _ORIENTATION, _SOFTWARE, _XMP, _EXIF = 0x010F, 0x0110, 0x0112, 0x0131, 0x02BC, 0x8769
_EXPOSURE_TIME, _F_NUMBER, _ISO, _TAKEN_AT, _FOCAL_LENGTH = 0x829A, 0x829D, 0x8827, 0x9003, 0x920A
_IMAGE_WIDTH, _IMAGE_LENGTH, _EXIF_WIDTH, _EXIF_HEIGHT = 0x0100, 0x0101, 0xA002, 0xA003
_PLANE_RESOLUTION, _PLANE_UNIT = 0xA20E, 0xA210
_FOCAL_LENGTH_35MM, _BODY_SERIAL, _LENS, _LENS_SERIAL = 0xA405, 0xA431, 0xA434, 0xA435

# Patterns meet texts of at most tiff.LONGEST_TEXT bytes, and none can match the same signs in two ways.
_PLACEHOLDER: Final = re.compile(
    r"[\s0\-_.?*/:]*|0+(?:\.0*)? ?mm f/?0+(?:\.0*)?|unknown|none|n/?a|undef(?:ined)?|no ?lens|manual ?lens|----.*",
    re.IGNORECASE,
)
_EDITOR: Final = re.compile(
    r"photoshop|lightroom|bridge|gimp|acd ?see|acd systems|capture one|photo ?desk|darktable|rawtherapee|affinity"
    r"|dxo|luminar|snapseed|picasa|paint|irfanview|photomatix|apple photos|digikam|luminance|imagemagick",
    re.IGNORECASE,
)
_TIME: Final = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", re.ASCII)
_XMP_NAME: Final = re.compile(rb"[\s<]aux:(SerialNumber|LensSerialNumber|Lens)(?:>|=[\"'])([^<\"']{1,128})")
_XMP_BYTES: Final = 64 * 1024
"""What one segment of a JPEG can hold."""


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """The facts of one photo; None where the file is silent or says something impossible.

    Attributes
    ----------
    taken_at : "YYYY-MM-DD HH:MM:SS" in the camera's own time.
    pixel_pitch_um : from the focal-plane resolution, only when the picture still has the size the camera gave it.
    orientation : EXIF orientation, 1 when absent.
    width_px, height_px : of the stored picture, before the orientation is applied; 0 when unknown.
    edited : an editor's name stands in the file, or the picture no longer has its recorded size.
    """

    make: str | None = None
    model: str | None = None
    lens: str | None = None
    f_number: float | None = None
    focal_length_mm: float | None = None
    focal_length_35mm: float | None = None
    exposure_s: float | None = None
    iso: float | None = None
    taken_at: str | None = None
    body_serial: str | None = None
    lens_serial: str | None = None
    pixel_pitch_um: float | None = None
    orientation: int = 1
    width_px: int = 0
    height_px: int = 0
    software: str | None = None
    edited: bool = False


def read_facts(file: bytes | Readable) -> CameraFacts:
    """The facts in a JPEG, TIFF or PNG file.

    Parameters
    ----------
    file : the file's bytes, the first part of them, or the file itself, open for reading: a TIFF may keep its facts at
        its end. Only a small part of it is read.

    Returns
    -------
    CameraFacts
        All None when nothing can be read; never raises for what stands in the file.
    """
    source = source_of(file)
    written = _Written(source)
    facts = CameraFacts(
        make=written.text(_MAKE),
        model=written.text(_MODEL),
        lens=written.text(_LENS),
        f_number=written.number(_F_NUMBER, within=_F_NUMBERS),
        focal_length_mm=written.number(_FOCAL_LENGTH, within=_FOCAL_LENGTHS_MM),
        focal_length_35mm=written.number(_FOCAL_LENGTH_35MM, within=_FOCAL_LENGTHS_MM),
        exposure_s=written.number(_EXPOSURE_TIME, within=_EXPOSURES_S),
        iso=written.number(_ISO, within=_ISOS),
        taken_at=_time(written.text(_TAKEN_AT) or ""),
        body_serial=written.text(_BODY_SERIAL),
        lens_serial=written.text(_LENS_SERIAL),
        orientation=written.orientation,
        software=written.text(_SOFTWARE),
    )
    return _with_notes(_with_xmp(_with_size(facts, written), written), written)


def read_orientation(file: bytes | Readable) -> int:
    """EXIF orientation, 1 to 8; 1 when the file does not say."""
    return _Written(source_of(file)).orientation


def pixel_pitch_um(facts: CameraFacts) -> float | None:
    """Pixel pitch in micrometres: focal-plane resolution, else from the 35-mm-equivalent focal length (within some %).

    None when the file allows neither, or when the picture was resized.
    """
    if facts.pixel_pitch_um is not None:
        return facts.pixel_pitch_um
    if not facts.focal_length_mm or not facts.focal_length_35mm or facts.edited or not facts.width_px:
        return None
    diagonal_mm = FULL_FRAME_DIAGONAL_MM * facts.focal_length_mm / facts.focal_length_35mm
    return _within(1e3 * diagonal_mm / math.hypot(facts.width_px, facts.height_px), _PIXEL_PITCHES_UM)


class _Written:
    """What the camera wrote in a file: a first directory, one for EXIF behind it, and perhaps XMP."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.reader = TiffReader(source)
        parts = find_camera_parts(source)
        self.image = None if parts.tiff_at is None else self.reader.first(parts.tiff_at)
        exif_at = None if self.image is None else self.image.offset(_EXIF)
        self.exif: Directory | None = None
        if self.image is not None and exif_at is not None:
            self.exif = self.reader.directory(exif_at, base=self.image.base, order=self.image.order)
        self._xmp = parts.xmp

    @property
    def _directories(self) -> list[Directory]:
        return [directory for directory in (self.exif, self.image) if directory is not None]

    @property
    def orientation(self) -> int:
        value = math.nan if self.image is None else self.image.number(_ORIENTATION)
        return int(value) if value in {1, 2, 3, 4, 5, 6, 7, 8} else 1

    @property
    def xmp(self) -> bytes:
        """The XMP packet, at most `_XMP_BYTES` of it."""
        if self._xmp is not None:
            return self.source.read(self._xmp.at, min(self._xmp.length, _XMP_BYTES))
        return b"" if self.image is None else self.image.bytes(_XMP, _XMP_BYTES)

    def text(self, tag: int) -> str | None:
        found = (_clean(directory.text(tag)) for directory in self._directories)
        return next(filter(None, found), None)

    def number(self, tag: int, *, within: tuple[float, float] = (-math.inf, math.inf)) -> float | None:
        found = (_within(directory.number(tag), within) for directory in self._directories)
        return next((value for value in found if value is not None), None)


def _clean(text: str) -> str | None:
    """Text without padding and NULs; None for placeholders such as "----" or "0000000000"."""
    text = " ".join(text.replace("\0", " ").split())
    return None if _PLACEHOLDER.fullmatch(text) else text


def _within(value: float, bounds: tuple[float, float]) -> float | None:
    return value if bounds[0] <= value <= bounds[1] else None


def _time(text: str) -> str | None:
    found = _TIME.fullmatch(text)
    return f"{found[1]}-{found[2]}-{found[3]} {found[4]}" if found else None


def _with_size(facts: CameraFacts, written: _Written) -> CameraFacts:
    header = read_header(written.source)
    if header:
        width, height = header.width_px, header.height_px
    else:  # cut off before its size: the first directory may say it too
        width, height = (int(written.number(tag, within=_SIDES_PX) or 0) for tag in (_IMAGE_WIDTH, _IMAGE_LENGTH))
    recorded = written.number(_EXIF_WIDTH), written.number(_EXIF_HEIGHT)
    resized = bool(width) and None not in recorded and sorted(filter(None, recorded)) != sorted((width, height))
    edited = resized or bool(facts.software and _EDITOR.search(facts.software))
    pitch_um = None if resized else _focal_plane(written)
    return replace(facts, width_px=width, height_px=height, edited=edited, pixel_pitch_um=pitch_um)


def _focal_plane(written: _Written) -> float | None:
    per_unit = written.number(_PLANE_RESOLUTION)
    um = _UM_OF_UNIT.get(int(written.number(_PLANE_UNIT) or 2), math.nan)
    return _within(um / per_unit, _PIXEL_PITCHES_UM) if per_unit is not None and per_unit > 0 else None


def _with_xmp(facts: CameraFacts, written: _Written) -> CameraFacts:
    """Lens and serials that an editor carried over into XMP."""
    if facts.lens and facts.body_serial and facts.lens_serial:
        return facts
    found = {match[1]: match[2] for match in _XMP_NAME.finditer(written.xmp)}
    said = {name: _clean(value.decode("utf-8", "replace")) for name, value in found.items()}
    return replace(
        facts,
        lens=facts.lens or said.get(b"Lens"),
        body_serial=facts.body_serial or said.get(b"SerialNumber"),
        lens_serial=facts.lens_serial or said.get(b"LensSerialNumber"),
    )


def _with_notes(facts: CameraFacts, written: _Written) -> CameraFacts:
    if written.exif is None or (facts.lens and facts.body_serial and facts.lens_serial):
        return facts
    notes = read_maker_notes(written.reader, written.exif, facts.make or "")
    return replace(
        facts,
        lens=facts.lens or _clean(notes.lens),
        body_serial=facts.body_serial or _clean(notes.body_serial),
        lens_serial=facts.lens_serial or _clean(notes.lens_serial),
    )
