"""`lensdb measure --report`: one HTML file with the plots and the aperture reel, which opens anywhere.

The tables stand in the HTML, so that the file says everything without a script; the built frontend adds the plots.
Its content policy forbids every address: a report never calls home.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final

from analysis.drawings import drawing_of
from analysis.flags import MEANING, Quality
from analysis.outlook import cure_sentence
from analysis.results import FirstSafe, PhotoResult, SeriesResult, ShiftResult

BUNDLE: Final = Path(__file__).parent / "report"
"""Where the frontend's build puts `report.js` and `report.css`."""

NORMAL95: Final = 1.96
MINUS: Final = "\N{MINUS SIGN}"
SIMULATED_BODY: Final = "LensDB Simulator"
"""The camera that `lensdb simulate` writes into its photos."""
UNKNOWN: Final = "\N{EN DASH}"


class ReportNotBuiltError(RuntimeError):
    """The script and stylesheet of reports are missing from this installation."""


def write_report(*, result: SeriesResult, pictures: Mapping[str, bytes], title: str, path: Path) -> None:
    """Write a report of one series.

    Parameters
    ----------
    pictures : JPEG bytes by the names that `PhotoResult.reel` uses.
    title : what the series is, in the heading and the names of downloads.

    Raises
    ------
    ReportNotBuiltError
        When the frontend was not built.
    """
    path.write_text(_page(result, pictures, title), encoding="utf-8")


def _page(result: SeriesResult, pictures: Mapping[str, bytes], title: str) -> str:
    script, style = _bundle("report.js"), _bundle("report.css")
    script = script.replace("</script", "<\\/script")
    policy = (
        f"default-src 'none'; img-src data: blob:; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    payload = {
        "result": result.to_json(),
        "pictures": {name: _data_uri(data) for name, data in pictures.items()},
        "simulated": result.body == SIMULATED_BODY,
        "name": title,
    }
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{escape(title)}: focus shift</title>
<style>{style}</style>
</head>
<body>
<main class="wide">
<h1>{escape(title)}{_badge(result)}</h1>
<p class="lead">{escape(_sentence(result))}</p>
{_conclusions(result)}
{_section("Aperture reel", "<div data-reel></div>")}
{_section("Focus shift", _plot("series-shift"), _shift_table(result))}
{_section("Sharpness over depth", _plot("through-focus"))}
{_section("Depth of field", _plot("depth-of-field"), _photo_table(result))}
{_section("Colours", _colour_table(result)) if result.longitudinal_colour else ""}
{_section("The chart both ways up", _turned_table(result)) if result.turned else ""}
{_section("Remarks", _flag_list(result))}
{_section("How it was measured", _facts(result))}
</main>
<script type="application/json" id="series-result">{_json(payload)}</script>
<script>{script}</script>
</body>
</html>
"""


def _badge(result: SeriesResult) -> str:
    return ' <span class="badge badge-simulated">simulated</span>' if result.body == SIMULATED_BODY else ""


def _section(title: str, *parts: str) -> str:
    return f'<section class="panel"><h2>{title}</h2>{"".join(parts)}</section>'


def _plot(name: str) -> str:
    return f'<div class="plot" data-chart="{name}"></div>'


def _bundle(name: str) -> str:
    file = BUNDLE / name
    if not file.is_file():
        raise ReportNotBuiltError(f"{name} is missing: build the frontend first (make frontend).")
    return file.read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data_uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()


def _json(payload: Mapping[str, object]) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(payload, allow_nan=False).replace("<", "\\u003c")


def _sentence(result: SeriesResult) -> str:
    """What the series says, in one sentence: the largest shift it saw."""
    known = [row for row in result.focus_shift if math.isfinite(row.focus_shift_mm)]
    if len(known) < 2:
        return "No focus shift could be measured."
    most = max(known, key=lambda row: abs(row.focus_shift_mm))
    if most.focus_shift_mm == 0:
        return "Focus did not move between the f-numbers of this series."
    where = "behind" if most.focus_shift_mm > 0 else "in front"
    return (
        f"Stopped down from {_f(result.reference_f_number)} to {_f(most.f_number)}, focus moved "
        f"{_number(abs(most.focus_shift_mm))} mm {where} ({_number(abs(most.focus_shift_um))} µm at the sensor)."
    )


def _shift_table(result: SeriesResult) -> str:
    heads = (
        "f-number",
        "photos",
        "shift mm",
        "95 % interval",
        "µm at the sensor",
        "× half DoF, pixel",
        "× half DoF, print",
        "basis",
    )
    return _table("Focus shift against the widest f-number", heads, [_shift_row(row) for row in result.focus_shift])


def _shift_row(row: ShiftResult) -> Sequence[str]:
    return (
        _f(row.f_number),
        str(row.n_photos),
        _signed(row.focus_shift_mm),
        _range(row.interval95_mm),
        _signed(row.focus_shift_um),
        _signed(row.shift_over_half_dof.get("0.006", math.nan)),
        _signed(row.shift_over_half_dof.get("0.030", math.nan)),
        row.basis or UNKNOWN,
    )


def _photo_table(result: SeriesResult) -> str:
    heads = ("photo", "f-number", "best focus mm", "95 % interval", "half sharpness from", "to", "basis", "remarks")
    return _table("Each photo", heads, [_photo_row(photo) for photo in result.photos])


def _photo_row(photo: PhotoResult) -> Sequence[str]:
    return (
        photo.file,
        _f(photo.f_number),
        _signed(photo.best_focus_mm),
        _range(photo.interval95_mm),
        _limit(photo.near_limit_mm, extrapolated=photo.near_extrapolated),
        _limit(photo.far_limit_mm, extrapolated=photo.far_extrapolated),
        photo.basis or UNKNOWN,
        photo.problem or ", ".join(photo.flags.names()) or UNKNOWN,
    )


def _conclusions(result: SeriesResult) -> str:
    """What autofocus can cure, and the first safe f-numbers."""
    items = [cure_sentence(result), *(_safe_sentence(safe) for safe in result.first_safe)]
    told = "".join(f"<li>{escape(item)}</li>" for item in items if item)
    return f"<ul>{told}</ul>" if told else ""


def _safe_sentence(safe: FirstSafe) -> str:
    where = "the centre line" if safe.depth_mm == 0 else f"the mark {abs(safe.depth_mm):g} mm in front of it"
    from_on = f"from {_f(safe.f_number)} on" if math.isfinite(safe.f_number) else "at no f-number of this series"
    return f"With a blur of {safe.criterion} mm on full frame, {where} is within the depth of field {from_on}."


def _limit(depth_mm: float, *, extrapolated: bool) -> str:
    """A limit of sharpness; one at infinity has no figure."""
    if not extrapolated:
        return _signed(depth_mm)
    return f"{_signed(depth_mm)} (extrapolated)" if math.isfinite(depth_mm) else "beyond the chart"


def _colour_table(result: SeriesResult) -> str:
    heads = ("f-number", "at lp/mm", "red mm", "95 %", "blue mm", "95 %", "red µm", "blue µm", "basis", "remarks")
    rows = [
        (
            _f(row.f_number),
            f"{row.frequency_lp_mm:g}",
            _signed(row.red.mm),
            f"± {_number(NORMAL95 * row.red.se_mm)}",
            _signed(row.blue.mm),
            f"± {_number(NORMAL95 * row.blue.se_mm)}",
            _signed(row.red.um),
            _signed(row.blue.um),
            row.basis or UNKNOWN,
            ", ".join(row.flags.names()) or UNKNOWN,
        )
        for row in result.longitudinal_colour
    ]
    return _table("Best focus of red and blue minus that of green; µm are at the sensor", heads, rows)


def _turned_table(result: SeriesResult) -> str:
    rows = [(_f(row.f_number), _signed(row.upright_mm), _signed(row.turned_mm)) for row in result.turned]
    heads = ("f-number", "upright mm", "upside down mm")
    return _table("Focus shift of each series; the mean of both is given above", heads, rows)


def _flag_list(result: SeriesResult) -> str:
    """Every flag that occurs, with its meaning, the photos it concerns and what it was raised on."""
    items = []
    for bit in Quality:
        where = ["the series"] if bit in result.flags else []
        where += [photo.file for photo in result.photos if bit in photo.flags]
        where += [_f(row.f_number) for row in result.focus_shift if bit in row.flags]
        if where:
            told = f"<strong>{bit.name}</strong> {escape(MEANING[bit])} ({escape(', '.join(where))})"
            items.append(f"<li>{told}{_evidence(bit, result)}</li>")
    return f"<ul>{''.join(items)}</ul>" if items else "<p>Nothing to remark.</p>"


def _evidence(flag: Quality, result: SeriesResult) -> str:
    drawing = drawing_of(flag, result)
    if drawing is None:
        return ""
    return f'<figure class="evidence-figure">{drawing.svg}<figcaption>{escape(drawing.caption)}</figcaption></figure>'


def _facts(result: SeriesResult) -> str:
    facts = [
        ("Lens", result.lens or UNKNOWN),
        ("Body", result.body or UNKNOWN),
        ("Focal length", f"{_number(result.focal_length_mm)} mm"),
        ("Pixel pitch", f"{_number(result.pixel_pitch_um, 2)} µm"),
        ("Chart", result.chart),
        ("Static offset", f"{_signed(result.static_offset_mm)} ± {_number(result.static_offset_se_mm)} mm"),
        ("Analysis version", result.analysis_version),
    ]
    if result.pose is not None:
        pose = result.pose
        facts.insert(5, ("Tilt", f"{_number(pose.tilt_deg, 1)}°"))
        facts.insert(6, ("Distance from the entrance pupil", f"{_number(pose.distance_mm, 0)} mm"))
    return f'<dl class="facts">{"".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts)}</dl>'


def _table(caption: str, heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _f(value: float) -> str:
    return f"f/{value:g}" if math.isfinite(value) else UNKNOWN


def _number(value: float, digits: int | None = None) -> str:
    """About two figures, with a true minus."""
    if not math.isfinite(value):
        return UNKNOWN
    if digits is None:
        digits = 2 if abs(value) < 0.995 else 1 if abs(value) < 9.95 else 0
    return f"{value:.{digits}f}".replace("-", MINUS)


def _signed(value: float) -> str:
    text = _number(value)
    return f"+{text}" if value > 0 else text


def _range(interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{_signed(low)} to {_signed(high)}" if math.isfinite(low) and math.isfinite(high) else UNKNOWN
