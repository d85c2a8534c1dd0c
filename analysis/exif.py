"""What the camera wrote about a photo, with placeholders and nonsense taken out.

Pure Python, made for untrusted files: nothing here decodes a pixel, and nothing in a file can make it raise.
"""

from __future__ import annotations

import io
import logging
import math
import re
import struct
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

import exifread

from analysis.makernotes import read_maker_notes

FULL_FRAME_DIAGONAL_MM: Final = 43.267

_F_NUMBERS: Final = (0.7, 100.0)
_FOCAL_LENGTHS_MM: Final = (1.0, 5000.0)
_EXPOSURES_S: Final = (1e-6, 1e5)
_ISOS: Final = (1.0, 1e7)
_PIXEL_PITCHES_UM: Final = (0.5, 25.0)
_UM_OF_UNIT: Final = {2: 25_400.0, 3: 10_000.0, 4: 1_000.0, 5: 1.0}
_PLACEHOLDER: Final = re.compile(
    r"[\s0\-_.?*/:]*|0+\.?0* ?mm f/?0+\.?0*|unknown|none|n/?a|undef(ined)?|no ?lens|manual ?lens|----.*", re.IGNORECASE
)
_EDITOR: Final = re.compile(
    r"photoshop|lightroom|bridge|gimp|acd ?see|acd systems|capture one|photo ?desk|darktable|rawtherapee|affinity"
    r"|dxo|luminar|snapseed|picasa|paint|irfanview|photomatix|apple photos|digikam|luminance|imagemagick",
    re.IGNORECASE,
)
_XMP_NAME: Final = re.compile(rb"[\s<]aux:(SerialNumber|LensSerialNumber|Lens)(?:>|=[\"'])([^<\"']{1,128})")
_XMP_WITHIN: Final = 1 << 20

logging.getLogger("exifread").setLevel(logging.CRITICAL)  # odd files are our daily bread, not news


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


def read_facts(data: bytes) -> CameraFacts:
    """The facts in a JPEG, TIFF, PNG, HEIC or WebP file.

    Parameters
    ----------
    data : the whole file, or its first part.

    Returns
    -------
    CameraFacts
        All None when nothing can be read; never raises for what stands in the file.
    """
    tags = _tags(data)
    facts = CameraFacts(
        make=_text(tags, "Image Make"),
        model=_text(tags, "Image Model"),
        lens=_text(tags, "EXIF LensModel", "Image LensModel"),
        f_number=_number(tags, "EXIF FNumber", "Image FNumber", within=_F_NUMBERS),
        focal_length_mm=_number(tags, "EXIF FocalLength", "Image FocalLength", within=_FOCAL_LENGTHS_MM),
        focal_length_35mm=_number(tags, "EXIF FocalLengthIn35mmFilm", within=_FOCAL_LENGTHS_MM),
        exposure_s=_number(tags, "EXIF ExposureTime", "Image ExposureTime", within=_EXPOSURES_S),
        iso=_number(tags, "EXIF ISOSpeedRatings", "EXIF PhotographicSensitivity", within=_ISOS),
        taken_at=_time(tags),
        body_serial=_text(tags, "EXIF BodySerialNumber", "Image BodySerialNumber"),
        lens_serial=_text(tags, "EXIF LensSerialNumber", "Image LensSerialNumber"),
        orientation=_orientation(tags),
        software=_text(tags, "Image Software"),
    )
    facts = _with_size(facts, tags, data)
    return _with_notes(_with_xmp(facts, data), data)


def read_orientation(data: bytes) -> int:
    """EXIF orientation, 1 to 8; 1 when the file does not say."""
    return _orientation(_tags(data))


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


def picture_size(data: bytes) -> tuple[int, int]:
    """(width, height) in pixels of a JPEG or PNG from its header; (0, 0) when it is neither."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">LL", data[16:24])
        return width, height
    if data[:2] != b"\xff\xd8":
        return 0, 0
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        else:
            at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return 0, 0


def _tags(data: bytes) -> dict[str, Any]:
    try:
        tags = exifread.process_file(io.BytesIO(data), details=False, extract_thumbnail=False)
    except Exception:  # noqa: BLE001 - exifread raises whatever a broken file provokes; then there are no facts
        return {}
    return dict(tags)


def _text(tags: dict[str, Any], *names: str) -> str | None:
    for name in names:
        found = _clean(str(tags[name].values)) if name in tags else None
        if found:
            return found
    return None


def _clean(text: str) -> str | None:
    """Text without padding and NULs; None for placeholders such as "----" or "0000000000"."""
    text = " ".join(text.replace("\0", " ").split())
    return None if _PLACEHOLDER.fullmatch(text) else text


def _number(tags: dict[str, Any], *names: str, within: tuple[float, float]) -> float | None:
    for name in names:
        found = _within(_float(tags.get(name)), within)
        if found is not None:
            return found
    return None


def _float(tag: Any) -> float:
    """The last value of a tag: some cameras write (0, ISO)."""
    values = getattr(tag, "values", None)
    if not isinstance(values, list) or not values:
        return math.nan
    value = values[-1]
    try:
        return float(Fraction(value.num, value.den)) if hasattr(value, "num") else float(value)
    except (ZeroDivisionError, ValueError, TypeError, OverflowError):
        return math.nan


def _within(value: float, bounds: tuple[float, float]) -> float | None:
    return value if bounds[0] <= value <= bounds[1] else None


def _time(tags: dict[str, Any]) -> str | None:
    text = _text(tags, "EXIF DateTimeOriginal") or ""
    found = re.fullmatch(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)", text)
    return f"{found[1]}-{found[2]}-{found[3]} {found[4]}" if found else None


def _orientation(tags: dict[str, Any]) -> int:
    value = _float(tags.get("Image Orientation"))
    return int(value) if value in {1, 2, 3, 4, 5, 6, 7, 8} else 1


def _with_size(facts: CameraFacts, tags: dict[str, Any], data: bytes) -> CameraFacts:
    recorded = (_float(tags.get("EXIF ExifImageWidth")), _float(tags.get("EXIF ExifImageLength")))
    width, height = picture_size(data)
    if not width:
        width, height = (
            int(_float(tags.get(f"Image {side}")) or 0) if f"Image {side}" in tags else 0
            for side in ("ImageWidth", "ImageLength")
        )
    resized = bool(width) and all(map(math.isfinite, recorded)) and sorted(recorded) != sorted((width, height))
    edited = resized or bool(facts.software and _EDITOR.search(facts.software))
    return replace(
        facts, width_px=width, height_px=height, edited=edited, pixel_pitch_um=None if resized else _focal_plane(tags)
    )


def _focal_plane(tags: dict[str, Any]) -> float | None:
    per_unit = _float(tags.get("EXIF FocalPlaneXResolution"))
    unit = _float(tags.get("EXIF FocalPlaneResolutionUnit"))
    um = _UM_OF_UNIT.get(int(unit) if math.isfinite(unit) else 2, math.nan)
    return _within(um / per_unit, _PIXEL_PITCHES_UM) if per_unit > 0 else None


def _with_xmp(facts: CameraFacts, data: bytes) -> CameraFacts:
    """Lens and serials that an editor carried over into XMP."""
    if data.find(b"aux:", 0, _XMP_WITHIN) < 0:
        return facts
    found = {
        name.decode(): _clean(value.decode("utf-8", "replace")) for name, value in _XMP_NAME.findall(data[:_XMP_WITHIN])
    }
    return replace(
        facts,
        lens=facts.lens or found.get("Lens"),
        body_serial=facts.body_serial or found.get("SerialNumber"),
        lens_serial=facts.lens_serial or found.get("LensSerialNumber"),
    )


def _with_notes(facts: CameraFacts, data: bytes) -> CameraFacts:
    if facts.lens and facts.body_serial and facts.lens_serial:
        return facts
    notes = read_maker_notes(data, facts.make or "")
    return replace(
        facts,
        lens=facts.lens or _clean(notes.lens),
        body_serial=facts.body_serial or _clean(notes.body_serial),
        lens_serial=facts.lens_serial or _clean(notes.lens_serial),
    )
