"""Drawings of what the series as a whole showed: iris, tones, how the chart stood, how it was printed."""

from __future__ import annotations

import math

from analysis.drawings.strips import Strip, drawn
from analysis.drawings.svg import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    dot,
    line,
    number,
    picture,
    polyline,
    words,
)
from analysis.evidence import SeriesEvidence
from analysis.results import SeriesResult

_NOTHING = SeriesEvidence()
_NAME_WIDTH = 36.0


def _evidence(result: SeriesResult) -> SeriesEvidence:
    return result.evidence or _NOTHING


def iris(result: SeriesResult) -> str:
    """The opening that explains the photos over the one that is marked."""
    shown = _evidence(result)
    off = shown.limits.get("iris", math.nan)
    return drawn(
        Strip(
            "Opening by the fit over the opening as marked",
            "times the mark",
            2,
            [f"f/{f_number:g}" for f_number, _ in shown.iris],
            [ratio for _, ratio in shown.iris],
            low=1 - off,
            high=1 + off,
        )
    )


def misfit(result: SeriesResult) -> str:
    """Residuals of the fit in the standard deviations they should have."""
    shown = _evidence(result)
    high = shown.limits.get("misfit", math.nan)
    return drawn(
        Strip("Residuals of the fit", "times the expected", 2, ["series"], [shown.misfit], high=high, from_zero=True)
    )


def tone(result: SeriesResult) -> str:
    """Light of the grey steps over their reflectance, both logarithmic, between the curves that are still believed."""
    shown = _evidence(result)
    if not shown.tone:
        return ""
    steps = [(math.log(x), math.log(y)) for x, y in shown.tone]
    reach = max(abs(value) for step in steps for value in step) * 1.1
    across, up = Scale(-reach, reach, LEFT, WIDTH - RIGHT), Scale(-reach, reach, HEIGHT - BOTTOM, TOP)
    elements = [line(LEFT, TOP, LEFT, HEIGHT - BOTTOM), line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM)]
    for name in ("tone_low", "tone_high"):
        slope = shown.limits.get(name, 1.0)
        x = min(reach, reach / slope)
        elements.append(line(across.at(-x), up.at(-slope * x), across.at(x), up.at(slope * x), dashed=True))
    elements += [dot(across.at(x), up.at(y), beyond=_doubted(shown)) for x, y in steps]
    elements += [
        words(WIDTH - RIGHT, HEIGHT - BOTTOM + 16, "reflectance of the grey steps", "end"),
        words(LEFT + 4, TOP - 4, f"light in the file; exponent {number(shown.tone_exponent, 2)}", "start"),
    ]
    return picture("Tone curve from the grey steps", elements)


def _doubted(shown: SeriesEvidence) -> bool:
    low, high = shown.limits.get("tone_low", 0.0), shown.limits.get("tone_high", math.inf)
    return not low <= shown.tone_exponent <= high


def tilt(result: SeriesResult) -> str:
    """The sheet from the side: its angle to the plane across the axis, and the range it should lie in."""
    if result.pose is None:
        return ""
    limits = _evidence(result).limits
    x, y, length = 150.0, HEIGHT - BOTTOM, 130.0
    elements = [line(x, y, x, TOP, faint=True), line(x, y, WIDTH - RIGHT, y, faint=True)]
    elements += [
        *(_ray(x, y, length, limits.get(name, 45.0), dashed=True) for name in ("tilt_low_deg", "tilt_high_deg")),
        _ray(x, y, length, result.pose.tilt_deg, dashed=False),
        words(x - 8, y - 60, "camera side", "end"),
        words(x, y + 18, f"tilt {number(result.pose.tilt_deg, 1)}°"),
    ]
    return picture("Tilt of the sheet, seen from the side", elements)


def _ray(x: float, y: float, length: float, angle_deg: float, *, dashed: bool) -> str:
    angle = math.radians(angle_deg)
    return line(x, y, x + length * math.sin(angle), y - length * math.cos(angle), dashed=dashed)


def stand(result: SeriesResult) -> str:
    """The picture with the chart's centre and the direction of its centre line, and where the centre should be."""
    shown = _evidence(result)
    if result.pose is None or not math.isfinite(shown.centre_x):
        return ""
    left, top, width, height = 110.0, TOP, 200.0, HEIGHT - BOTTOM - TOP
    off = shown.limits.get("centre", 0.1)
    x, y = left + width * shown.centre_x, top + height * shown.centre_y
    roll = math.radians((result.pose.roll_deg + 90) % 180 - 90)
    run, rise = 70 * math.cos(roll), 70 * math.sin(roll)
    wanted = _box(
        left + width * (0.5 - off), top + height * (0.5 - off), 2 * off * width, 2 * off * height, dashed=True
    )
    beyond = max(abs(shown.centre_x - 0.5), abs(shown.centre_y - 0.5)) > off
    elements = [
        _box(left, top, width, height),
        wanted,
        line(x - run, y + rise, x + run, y - rise),
        dot(x, y, beyond=beyond),
        words(left + width / 2, HEIGHT - BOTTOM + 18, f"centre line turned by {number(math.degrees(roll), 1)}°"),
    ]
    return picture("The chart's centre and centre line in the picture", elements)


def _box(x: float, y: float, width: float, height: float, *, dashed: bool = False) -> str:
    more = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"{more}/>'


def print_scale(result: SeriesResult) -> str:
    """A check line of the chart as designed, and as long as the given distance says that it was printed."""
    scale = _evidence(result).print_scale
    if not math.isfinite(scale):
        return ""
    full = WIDTH - LEFT - RIGHT - 40
    longest = max(1.0, scale)
    elements = []
    for y, share, text in ((60.0, 1.0, "100.0 mm"), (120.0, scale, f"{number(100 * scale, 1)} mm")):
        end = LEFT + full * share / longest
        elements += [line(LEFT, y, end, y), line(LEFT, y - 8, LEFT, y + 8), line(end, y - 8, end, y + 8)]
        elements.append(words((LEFT + end) / 2, y - 12, text))
    elements += [
        words(LEFT, 84, "check line as designed", "start"),
        words(LEFT, 144, "as the distance given says: measure it with a ruler", "start"),
    ]
    return picture("Length of the chart's check line", elements)


def few_frames(result: SeriesResult) -> str:
    """The f-numbers that are there on a scale of stops, and how far from the widest three of them must lie."""
    numbers = sorted({photo.f_number for photo in result.photos if math.isfinite(photo.f_number) and not photo.problem})
    if not numbers:
        return ""
    low = math.log2(numbers[0])
    across = Scale(low - 0.3, max(math.log2(numbers[-1]), low + 4) + 0.3, LEFT, WIDTH - RIGHT)
    y = HEIGHT / 2
    fast = across.at(low + math.log2(3.3))
    elements = [
        polyline([(LEFT, y), (WIDTH - RIGHT, y)]),
        line(fast, y - 40, fast, y + 20, dashed=True),
        words(fast - 6, y - 30, "three up to here", "end"),
        words(LEFT, HEIGHT - BOTTOM + 16, "at least four different f-numbers are needed", "start"),
    ]
    last, low_row = -_NAME_WIDTH, False
    for f_number in numbers:
        x = across.at(math.log2(f_number))
        low_row = x - last < _NAME_WIDTH and not low_row
        last = x
        elements += [dot(x, y), words(x, y + (36 if low_row else 22), f"f/{f_number:g}")]
    return picture("f-numbers of the series", elements)
