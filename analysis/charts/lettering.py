"""Single-stroke lettering, so that the chart looks the same in every format and needs no font.

Glyphs are drawn on a grid in which capitals are 6 and small letters 4 units high, the baseline at 0. A stroke is a
chain of points ``x,y`` and arcs ``@cx,cy,rx,ry,from,to`` (degrees, counted anticlockwise from the right).
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Polyline = NDArray[np.float64]

_CAPITAL: Final = 6.0
_GAP: Final = 1.5
_SPACE: Final = 2.6
_ARC_STEP_DEG: Final = 15.0

_BOWL = "@1.8,2,1.8,2,0,360"
_GLYPHS: Final[dict[str, tuple[float, tuple[str, ...]]]] = {
    " ": (_SPACE, ()),
    "0": (4, ("@2,3,2,3,0,360",)),
    "1": (2.4, ("0.4,4.7 2,6 2,0",)),
    "2": (4, ("@2,4.1,1.9,1.9,165,-35 0,0 4,0",)),
    "3": (4, ("@1.9,4.55,1.7,1.45,150,-90 @1.9,1.55,2,1.55,90,-150",)),
    "4": (4.2, ("3.1,0 3.1,6 0,1.8 4.2,1.8",)),
    "5": (4, ("3.6,6 0.7,6 0.4,3.35 @1.9,2,2.05,2,137,-148",)),
    "6": (4, ("@2,1.95,2,1.95,0,360", "@3.6,1.95,3.6,4.05,180,92")),
    "7": (4, ("0,6 4,6 1.3,0",)),
    "8": (4, ("@2,4.5,1.65,1.5,0,360", "@2,1.5,2,1.5,0,360")),
    "9": (4, ("@2,4.05,2,1.95,0,360", "@0.4,4.05,3.6,4.05,0,-88")),
    "A": (4.4, ("0,0 2.2,6 4.4,0", "0.8,2.1 3.6,2.1")),
    "B": (4, ("2.2,3.1 0,3.1 0,6 2.2,6 @2.2,4.55,1.5,1.45,90,-90 @2.4,1.55,1.7,1.55,90,-90 0,0 0,3.1",)),
    "C": (4.4, ("@2.5,3,2.5,3,48,312",)),
    "D": (4.4, ("0,0 0,6 1.6,6 @1.6,3,2.8,3,90,-90 0,0",)),
    "E": (3.6, ("3.6,6 0,6 0,0 3.6,0", "0,3.1 3,3.1")),
    "F": (3.6, ("3.6,6 0,6 0,0", "0,3.1 3,3.1")),
    "G": (4.8, ("@2.5,3,2.5,3,48,355 2.9,2.75",)),
    "H": (4.2, ("0,0 0,6", "4.2,0 4.2,6", "0,3.1 4.2,3.1")),
    "I": (0, ("0,0 0,6",)),
    "J": (2.8, ("2.8,6 2.8,1.6 @1.4,1.6,1.4,1.6,0,-170",)),
    "K": (4, ("0,0 0,6", "3.8,6 0,2.3", "1.3,3.6 4,0")),
    "L": (3.4, ("0,6 0,0 3.4,0",)),
    "M": (5, ("0,0 0,6 2.5,1.6 5,6 5,0",)),
    "N": (4.2, ("0,0 0,6 4.2,0 4.2,6",)),
    "O": (5, ("@2.5,3,2.5,3,0,360",)),
    "P": (3.9, ("0,0 0,6 2.2,6 @2.2,4.4,1.7,1.6,90,-90 0,2.8",)),
    "Q": (5, ("@2.5,3,2.5,3,0,360", "3,1.6 5,-0.4")),
    "R": (4, ("0,0 0,6 2.2,6 @2.2,4.4,1.7,1.6,90,-90 0,2.8", "2,2.8 4,0")),
    "S": (4, ("@2,4.5,1.8,1.5,40,270 @2,1.5,2,1.5,90,-145",)),
    "T": (4.4, ("0,6 4.4,6", "2.2,6 2.2,0")),
    "U": (4.2, ("0,6 0,2.1 @2.1,2.1,2.1,2.1,180,360 4.2,6",)),
    "V": (4.4, ("0,6 2.2,0 4.4,6",)),
    "W": (6, ("0,6 1.5,0 3,5 4.5,0 6,6",)),
    "X": (4, ("0,0 4,6", "0,6 4,0")),
    "Y": (4.2, ("0,6 2.1,3 4.2,6", "2.1,3 2.1,0")),
    "Z": (4, ("0,6 4,6 0,0 4,0",)),
    "a": (3.6, (_BOWL, "3.6,4 3.6,0")),
    "b": (3.6, ("0,6 0,0", _BOWL)),
    "c": (3.2, ("@1.8,2,1.8,2,45,315",)),
    "d": (3.6, ("3.6,6 3.6,0", _BOWL)),
    "e": (3.6, ("0,2 3.6,2 @1.8,2,1.8,2,0,315",)),
    "f": (2.2, ("1,0 1,4.6 @2.1,4.6,1.1,1.4,180,80", "0,4 2.1,4")),
    "g": (3.6, (_BOWL, "3.6,4 3.6,-0.4 @1.8,-0.4,1.8,1.5,0,-150")),
    "h": (3.2, ("0,6 0,0", "0,2.4 @1.6,2.4,1.6,1.6,180,0 3.2,0")),
    "i": (0, ("0,4 0,0", "0,5.5 0,5.6")),
    "j": (1, ("1,4 1,-0.8 @0,-0.8,1,1.1,0,-90", "1,5.5 1,5.6")),
    "k": (3.2, ("0,6 0,0", "3,4 0,1.4", "1.1,2.4 3.2,0")),
    "l": (0, ("0,6 0,0",)),
    "m": (5.6, ("0,4 0,0", "0,2.6 @1.4,2.6,1.4,1.4,180,0 2.8,0", "2.8,2.6 @4.2,2.6,1.4,1.4,180,0 5.6,0")),
    "n": (3.2, ("0,4 0,0", "0,2.4 @1.6,2.4,1.6,1.6,180,0 3.2,0")),
    "o": (3.6, (_BOWL,)),
    "p": (3.6, ("0,4 0,-2", _BOWL)),
    "q": (3.6, ("3.6,4 3.6,-2", _BOWL)),
    "r": (2.2, ("0,4 0,0", "0,2.4 @1.6,2.4,1.6,1.6,180,70")),
    "s": (2.8, ("@1.4,3,1.25,1,40,270 @1.4,1,1.4,1,90,-145",)),
    "t": (2.3, ("0.9,5.4 0.9,1.1 @2,1.1,1.1,1.1,180,285", "0,4 2.1,4")),
    "u": (3.2, ("0,4 0,1.6 @1.6,1.6,1.6,1.6,180,360", "3.2,4 3.2,0")),
    "v": (3.2, ("0,4 1.6,0 3.2,4",)),
    "w": (4.8, ("0,4 1.2,0 2.4,3.4 3.6,0 4.8,4",)),
    "x": (3, ("0,0 3,4", "0,4 3,0")),
    "y": (3.2, ("0,4 1.6,0", "3.2,4 1.3,-1.4 0.2,-2")),
    "z": (3, ("0,4 3,4 0,0 3,0",)),
    ".": (0, ("0,0 0,0.1",)),
    ",": (0.3, ("0.3,0.1 0,-1",)),
    ":": (0, ("0,0.4 0,0.5", "0,3.4 0,3.5")),
    "+": (3.4, ("0,3 3.4,3", "1.7,1.3 1.7,4.7")),
    "−": (3.4, ("0,3 3.4,3",)),
    "-": (1.8, ("0,2.2 1.8,2.2",)),
    "/": (2.6, ("0,-0.6 2.6,6.4",)),
    "%": (5, ("0.4,0 4.6,6", "@1.1,4.8,1.1,1.2,0,360", "@3.9,1.2,1.1,1.2,0,360")),
    "°": (1.8, ("@0.9,5.1,0.9,0.9,0,360",)),
    "·": (0, ("0,2.4 0,2.5",)),
}


def text_width(text: str, height: float) -> float:
    """Width of a line of text whose capitals have this height.

    Raises
    ------
    ValueError
        When a character has no glyph.
    """
    return _advance(text) * height / _CAPITAL


def text_strokes(text: str, height: float) -> list[Polyline]:
    """The strokes of a line of text as chains of points (n, 2), the text starting at (0, 0) on its baseline."""
    _advance(text)
    strokes: list[Polyline] = []
    at = 0.0
    for character in text:
        width, chains = _GLYPHS[character]
        strokes += [(_points(chain) + np.array([at, 0.0])) * (height / _CAPITAL) for chain in chains]
        at += width + _GAP
    return strokes


def _advance(text: str) -> float:
    missing = sorted(set(text) - set(_GLYPHS))
    if missing:
        raise ValueError(f"no glyph for {''.join(missing)!r}")
    return sum(_GLYPHS[character][0] for character in text) + _GAP * max(len(text) - 1, 0)


@cache
def _points(chain: str) -> Polyline:
    """The points of one stroke in units of the grid."""
    points: list[tuple[float, float]] = []
    for token in chain.split():
        values = [float(value) for value in token.lstrip("@").split(",")]
        if not token.startswith("@"):
            points.append((values[0], values[1]))
            continue
        cx, cy, rx, ry, start, end = values
        angles = np.radians(np.linspace(start, end, max(2, round(abs(end - start) / _ARC_STEP_DEG) + 1)))
        points += [(cx + rx * np.cos(angle), cy + ry * np.sin(angle)) for angle in angles]
    return np.array(points)
