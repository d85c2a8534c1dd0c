"""Names of lenses and bodies: one spelling for comparing them, and the numbers that stand in them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from django.utils.text import slugify

FOCAL_MM: Final = (1.0, 3000.0)
F_NUMBER: Final = (0.5, 64.0)

LONGEST_NAME: Final = 200
"""Signs of a name that are looked at. Names come from files and forms: whoever sends a longer one means no lens."""

# What was matched is never given back (++, *+) and a number is entered at its first digit only: what follows could not
# match otherwise, and a text of digits or spaces is gone through once instead of once for each of its signs.
_N: Final = r"(\d++(?:\.\d++)?+)"
_RANGE: Final = rf"{_N}(?:\s*+-\s*+{_N})?+"
_F_NUMBER: Final = re.compile(rf"(?:(?<![a-z0-9])|(?<=mm))(?:f\s?/\s?|f|1:|1/(?=\d++\.\d)){_RANGE}")
_FOCAL: Final = (
    re.compile(rf"(?<!\d){_RANGE}\s*+mm"),  # 24-70mm
    re.compile(rf"(?<!\d){_RANGE}\s*+/\s*+f"),  # 10-25/F1.7
    re.compile(rf"1:{_N}(?:-{_N})?[ /]{_RANGE}"),  # 1:2.8/24-70
    re.compile(rf"(?<!\d){_RANGE}\s++f\d"),  # 14-20 F2
)
_ZEISS: Final = re.compile(rf"(?<![\d.]){_N}(?:-{_N})?/{_RANGE}(?!\d)")  # 2/25: f-number, then focal length

_MAKERS: Final = {
    "asahi optical": "Pentax",
    "carl zeiss": "Zeiss",
    "eastman kodak": "Kodak",
    "om digital solutions": "OM System",
    "ricoh imaging": "Ricoh",
    "samsung techwin": "Samsung",
    "seiko epson": "Epson",
    "venus": "Venus Optics",
}
_COMPANY: Final = re.compile(
    r"\b(corporation|corp|company|co|ltd|inc|ag|camera|computer|imaging corp|optical co)\b[.,]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a lens's name says of its numbers; None where it is silent."""

    min_focal_mm: float | None = None
    max_focal_mm: float | None = None
    widest_f_number: float | None = None


def fold(text: str) -> str:
    """Lower case, without accents, at most `LONGEST_NAME` plain signs: the ground for every comparison."""
    text = text[:LONGEST_NAME].translate({ord("×"): "x", ord("ƒ"): "f", ord("–"): "-", ord("ø"): "o"})
    plain = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
    return bare[:LONGEST_NAME].strip()  # one sign may stand for up to 18


def normalise(text: str) -> str:
    """A lens name as it is compared: "EF50mm f/1.2L USM" and "EF 50 mm F1.2 L USM" are the same.

    Case, spaces and punctuation go; hyphens and points stay between digits; "18.0" is "18", "1:1.4" is "f1.4".
    """
    text = re.sub(r"(?<=\d),(?=\d)", ".", fold(text))
    text = re.sub(r"\b1:(?=\d)", "f", text)
    text = re.sub(r"(\d)\.0++(?!\d)", r"\1", text)
    text = re.sub(r"(?<!\s)\s*+-\s*+(?=\d)", "-", text)
    return re.sub(r"(?<!\d)[-.]|[-.](?!\d)|[^a-z0-9.\-]", "", text)


def clean_maker(text: str) -> str:
    """A maker as people call it: "NIKON CORPORATION" is "Nikon"."""
    text = " ".join(text[:LONGEST_NAME].split())
    bare = " ".join(_COMPANY.sub(" ", text).replace(",", " ").split()) or text
    if fold(bare) in _MAKERS:
        return _MAKERS[fold(bare)]
    bare = re.sub(r"\s+(imaging|optical)$", "", bare, flags=re.IGNORECASE)
    return bare.title() if bare.isupper() and len(bare) > 3 else bare


def without_maker(maker: str, name: str) -> str:
    """A name without its maker in front; unchanged when it does not start so."""
    return re.sub(rf"^{re.escape(maker)}[\s-]+(?=\S)", "", name.strip(), flags=re.IGNORECASE)


def with_maker(maker: str, name: str) -> str:
    """A name that says its maker: in front unless one of its first words does."""
    words = fold(name).replace("-", " ").split()[:3]
    return name if any(word.startswith(fold(maker)) for word in words) else f"{maker} {name}"


def body_key(make: str, model: str) -> str:
    """Maker and model as a camera writes them, so that they can be compared.

    "NIKON CORPORATION", "NIKON D850" becomes "nikon d850"; a maker said twice is said once.
    """
    maker = clean_maker(make)
    rest = without_maker(make, without_maker(maker, model))
    return f"{fold(maker)} {re.sub(r'[^a-z0-9*+]', '', fold(rest))}"


def slug(name: str) -> str:
    """The name in an address: "Canon EF 50mm f/1.2L USM" is "canon-ef-50mm-f1-2l-usm"."""
    plain = re.sub(r"\bf/(?=\d)", "f", fold(name))
    return slugify(re.sub(r"[./,:+]", "-", plain))[:120].strip("-")


def numbers(name: str) -> Numbers:
    """Focal lengths and widest f-number in a lens's name, in the notations makers use."""
    text = re.sub(r"(?<=\d),(?=\d)", ".", fold(name))
    f_number = _F_NUMBER.search(text)
    focal = next(filter(None, (pattern.search(text) for pattern in _FOCAL)), None)
    if f_number is None and (zeiss := _ZEISS.search(text)) and float(zeiss[1]) < float(zeiss[3]):
        return Numbers(*_range(zeiss[3], zeiss[4], FOCAL_MM), _widest(zeiss[1], zeiss[2]))
    low, high = focal.groups()[-2:] if focal else (None, None)
    return Numbers(*_range(low, high, FOCAL_MM), _widest(*f_number.groups()) if f_number else None)


def _range(low: str | None, high: str | None, bounds: tuple[float, float]) -> tuple[float | None, float | None]:
    if low is None:
        return None, None
    first, last = float(low), float(high or low)
    fits = bounds[0] <= first <= last <= bounds[1]
    return (first, last) if fits else (None, None)


def _widest(low: str, high: str | None) -> float | None:
    value = min(float(low), float(high or low))
    return value if F_NUMBER[0] <= value <= F_NUMBER[1] else None
