"""The second page of the PDF: how to set the chart up. Drawn on A4 and scaled to the chart's own paper."""

from __future__ import annotations

from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from analysis.charts.design import ChartDesign

_PAGE: Final = (210.0, 297.0)
_LEFT: Final = 22.0
_WIDTH: Final = 166.0
_BODY: Final = 10.5
_LEADING_MM: Final = 5.0
_GREY: Final = 0.38

_STEPS: Final = """
Print|Print page 1 at 100 %, without “fit to page”, on matt paper at the best quality. Both check lines on the chart \
must measure {check:.1f} mm; note what they measure if they do not. Glue the sheet to glass or board: it must be flat.
Stand|Lean the chart back by {tilt:.0f}°, its top away from the camera. The camera looks level, straight at the \
centre line, on a tripod; the centre line lies in the middle of the picture and level in it.
Distance|Ten to thirty focal lengths from the lens, near enough that the chart between the small coded squares fills \
most of the frame. Measure from the camera's focal-plane mark to the centre line and note it.
Light|Even, soft light from both sides, no lamp reflected in the paper, the same for all photos. Expose so that the \
paper is bright but not clipped. Base ISO; noise reduction and sharpening off or low.
Focus once|Open the lens fully, magnify live view and focus on the thick line by hand. Then switch autofocus and \
stabilisation off, and touch neither focus nor camera again until the series is done.
Take the series|Aperture priority, self-timer or remote release. One photo at every full stop from the widest to \
f/16, for example f/1.2, 1.4, 2, 2.8, 4, 5.6, 8, 11, 16. At least four f-numbers, three of them within three stops of \
the widest. Two photos of each tell how well the series repeats.
Measure|Put the files, as the camera wrote them, into one folder and run “lensdb measure FOLDER”. Or read the chart \
by eye: at 100 % the sharpest tick beside the figures is where the lens is focused, in mm before (−) or behind (+) \
the centre line.
"""
"""One step a line: its title, and what to do."""


def draw_instructions(canvas: Canvas, design: ChartDesign) -> None:
    """Draw the page on the canvas, without ending it."""
    canvas.saveState()
    scale = min(design.width_mm / _PAGE[0], design.height_mm / _PAGE[1])
    canvas.translate((design.width_mm - scale * _PAGE[0]) / 2 * mm, (design.height_mm - scale * _PAGE[1]) / 2 * mm)
    canvas.scale(scale, scale)
    canvas.setFillGray(0.1)
    canvas.setFont("Helvetica-Bold", 22)
    canvas.drawString(_LEFT * mm, 268 * mm, "Setting up the focus chart")
    canvas.setFillGray(_GREY)
    canvas.setFont("Helvetica", _BODY)
    canvas.drawString(_LEFT * mm, 261 * mm, f"{design.name} · print page 1 only onto the sheet you photograph")
    _side_view(canvas, design.tilt_deg)
    height = 178.0
    facts = {"check": design.check_lines[0].length_mm, "tilt": design.tilt_deg}
    for number, step in enumerate(_STEPS.strip().splitlines(), start=1):
        title, text = step.format(**facts).split("|")
        height = _step(canvas, f"{number}  {title}", text, height)
    canvas.restoreState()
    _check_ruler(canvas, design)


def _step(canvas: Canvas, title: str, text: str, height_mm: float) -> float:
    """One paragraph from a height downwards; returns where the next may begin."""
    canvas.setFillGray(0.1)
    canvas.setFont("Helvetica-Bold", _BODY)
    canvas.drawString(_LEFT * mm, height_mm * mm, title)
    canvas.setFillGray(0.2)
    canvas.setFont("Helvetica", _BODY)
    indent = 38.0
    for line in _wrapped(canvas, text, (_WIDTH - indent) * mm):
        canvas.drawString((_LEFT + indent) * mm, height_mm * mm, line)
        height_mm -= _LEADING_MM
    return height_mm - 2.6


def _wrapped(canvas: Canvas, text: str, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if canvas.stringWidth(longer, "Helvetica", _BODY) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _side_view(canvas: Canvas, tilt_deg: float) -> None:
    """Camera, axis and leaning chart from the side."""
    canvas.saveState()
    canvas.translate(_LEFT * mm, 220 * mm)
    canvas.scale(mm, mm)
    canvas.setStrokeGray(_GREY)
    canvas.setFillGray(0.85)
    canvas.setLineWidth(0.35)
    canvas.roundRect(8, -8, 16, 16, 2, stroke=1, fill=1)
    canvas.rect(24, -5.5, 12, 11, stroke=1, fill=1)
    canvas.line(12, -11, 12, 11)
    canvas.setDash(1.5, 1.2)
    canvas.line(12, 0, 150, 0)
    canvas.setDash()
    canvas.saveState()
    canvas.translate(118, 0)
    canvas.rotate(90 - tilt_deg)
    canvas.setStrokeGray(0.1)
    canvas.setLineWidth(1.2)
    canvas.line(-32, 0, 32, 0)
    canvas.restoreState()
    canvas.setFillGray(0.1)
    canvas.circle(118, 0, 1.2, stroke=0, fill=1)
    canvas.arc(106, -12, 130, 12, 0, 90 - tilt_deg)
    canvas.setFillGray(_GREY)
    canvas.setFont("Helvetica", 3.6)
    canvas.drawString(132, 4.5, f"{tilt_deg:.0f}°")
    canvas.drawString(143, 18, "top, away (+)")
    canvas.drawRightString(92, -20, "foot, near (−)")
    canvas.drawCentredString(12, -15, "focal-plane mark")
    canvas.drawCentredString(65, 2, "distance to the centre line")
    canvas.restoreState()


def _check_ruler(canvas: Canvas, design: ChartDesign) -> None:
    """A ruler at true size whatever the paper, to see at once whether the printer scaled the page."""
    length = round(design.check_lines[0].length_mm)
    canvas.saveState()
    canvas.translate((design.width_mm - length) / 2 * mm, 0.045 * design.height_mm * mm)
    canvas.scale(mm, mm)
    canvas.setStrokeGray(0.1)
    canvas.setFillGray(0.1)
    canvas.setLineWidth(0.15)
    canvas.line(0, 0, length, 0)
    canvas.setFont("Helvetica", 2.6)
    for position in range(length + 1):
        tick = 4.0 if position % 10 == 0 else 3.0 if position % 5 == 0 else 2.0
        canvas.line(position, 0, position, tick)
        if position % 10 == 0:
            canvas.drawCentredString(position, 4.8, str(position))
    canvas.drawCentredString(length / 2, -3.6, f"check ruler: {length} mm when printed at 100 %")
    canvas.restoreState()
