"""Lens name and serials that Canon and Olympus write only in their maker notes.

Once a file was resized or saved again, the offsets in a note still point to where the note used to be, and are put
right here. Tag numbers are those of the ExifTool tag tables.
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.photos.tiff import Directory, TiffReader

_MAKER_NOTE = 0x927C
_CANON_LENS, _CANON_LENS_INFO = 0x0095, 0x4019
_OLYMPUS_EQUIPMENT, _OLYMPUS_BODY_SERIAL, _OLYMPUS_LENS_SERIAL, _OLYMPUS_LENS = 0x2010, 0x0101, 0x0202, 0x0203
_OLYMPUS_STARTS = {b"OLYMPUS\0II": "<", b"OLYMPUS\0MM": ">"}


@dataclass(frozen=True, slots=True)
class MakerNotes:
    """What the notes name; empty text where they are silent."""

    lens: str = ""
    body_serial: str = ""
    lens_serial: str = ""


def read_maker_notes(reader: TiffReader, exif: Directory, maker: str) -> MakerNotes:
    """Lens and serials from the maker notes.

    Parameters
    ----------
    reader : of the file.
    exif : the EXIF directory, which says where the notes are.
    maker : EXIF Make.

    Returns
    -------
    MakerNotes
        Empty for other makers, no notes, or notes that make no sense; never raises for what stands in the file.
    """
    at = exif.offset(_MAKER_NOTE)
    if at is None:
        return MakerNotes()
    if maker.upper().startswith("CANON"):
        return _canon(reader, exif, at)
    if maker.upper().startswith(("OLYMPUS", "OM DIGITAL")):
        return _olympus(reader, at)
    return MakerNotes()


def _canon(reader: TiffReader, exif: Directory, at: int) -> MakerNotes:
    # Canon writes little-endian notes whatever the editor made of the rest.
    notes = reader.directory(at, base=exif.base, order="<")
    if notes is None:
        return MakerNotes()
    shift = _shift_of_values(notes)
    info = notes.entries.get(_CANON_LENS_INFO)
    # The first five bytes of LensInfo are the ten hexadecimal digits printed on the lens.
    serial = "" if info is None or info.is_inline else notes.bytes(_CANON_LENS_INFO, 5, shift=shift).hex()
    return MakerNotes(lens=notes.text(_CANON_LENS, shift=shift), lens_serial=serial)


def _shift_of_values(notes: Directory) -> int:
    """How far the values were moved: the first one stands right behind the directory."""
    outside = [entry.at for entry in notes.entries.values() if not entry.is_inline]
    return notes.end - min(outside) if outside else 0


def _olympus(reader: TiffReader, at: int) -> MakerNotes:
    order = _OLYMPUS_STARTS.get(reader.source.read(at, 10))
    notes = None if order is None else reader.directory(at + 12, base=at, order=order)
    equipment_at = None if notes is None else notes.offset(_OLYMPUS_EQUIPMENT)
    if order is None or equipment_at is None:
        return MakerNotes()
    equipment = reader.directory(equipment_at, base=at, order=order)
    if equipment is None:
        return MakerNotes()
    return MakerNotes(
        lens=equipment.text(_OLYMPUS_LENS),
        body_serial=equipment.text(_OLYMPUS_BODY_SERIAL),
        lens_serial=equipment.text(_OLYMPUS_LENS_SERIAL),
    )
