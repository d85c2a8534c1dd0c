"""The chart as PDF, SVG and PNG at true size, from one list of marks."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from analysis.charts.coverage import Array, Stack, cover_bands
from analysis.charts.design import ChartDesign
from analysis.charts.instructions import draw_instructions
from analysis.charts.marks import INK_REFLECTANCE, Circle, Polygon, Shape, Stroke, chart_marks
from analysis.charts.outlines import shape_outlines, stroke_outlines

_INCH_MM: Final = 25.4


def chart_svg(design: ChartDesign) -> str:
    """The chart as SVG whose user unit is a millimetre."""
    marks = chart_marks(design)
    width, height = design.width_mm, design.height_mm
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="{-width / 2:g} {-height / 2:g} {width:g} {height:g}">'
    )
    lines = [
        opening,
        f"<title>{design.name}: print at 100 %</title>",
        f'<rect x="{-width / 2:g}" y="{-height / 2:g}" width="{width:g}" height="{height:g}" fill="#fff"/>',
        *(_svg_shape(shape, design) for shape in marks.shapes),
        f'<g fill="none" stroke="{_svg_grey(INK_REFLECTANCE, design)}" stroke-linecap="round" stroke-linejoin="round">',
        *(_svg_stroke(stroke) for stroke in marks.strokes),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def chart_pdf(design: ChartDesign) -> bytes:
    """The chart as PDF, the set-up explained on the second page; the same bytes every time."""
    marks = chart_marks(design)
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(design.width_mm * mm, design.height_mm * mm), invariant=1)
    canvas.setTitle(f"{design.name}, focus chart of LensDB")
    canvas.setAuthor("LensDB")
    canvas.setSubject("Print page 1 at 100 %, without scaling to fit.")
    canvas.setViewerPreference("PrintScaling", "None")
    canvas.saveState()
    canvas.translate(design.width_mm / 2 * mm, design.height_mm / 2 * mm)
    canvas.scale(mm, mm)
    for shape in marks.shapes:
        _pdf_shape(canvas, shape, design)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.setStrokeGray(printed_grey(INK_REFLECTANCE, design))
    for stroke in marks.strokes:
        _pdf_stroke(canvas, stroke)
    canvas.restoreState()
    canvas.showPage()
    draw_instructions(canvas, design)
    canvas.showPage()
    canvas.save()
    return data.getvalue()


def chart_png(design: ChartDesign, dpi: float) -> bytes:
    """The chart as grey PNG with its resolution recorded; a grey pixel on an edge is covered in part."""
    levels = chart_levels(design, dpi)
    data = io.BytesIO()
    info = PngInfo()
    info.add_text("Title", f"{design.name}: print at 100 %")
    Image.fromarray(levels, "L").save(data, "PNG", dpi=(dpi, dpi), pnginfo=info)
    return data.getvalue()


def chart_levels(design: ChartDesign, dpi: float) -> NDArray[np.uint8]:
    """The page as stored grey levels (rows, columns)."""
    marks, per_mm = chart_marks(design), dpi / _INCH_MM
    rows, columns = round(design.height_mm * per_mm), round(design.width_mm * per_mm)
    corner = np.array([columns, rows]) / 2

    def placed(corners: Array) -> Array:
        page: Array = corner + corners * np.array([per_mm, -per_mm])
        return page

    def ink(reflectance: Array) -> Array:
        return 1 - np.array([printed_grey(float(value), design) for value in reflectance])

    stacks: list[Stack] = [(placed(corners), ink(values)) for corners, values in shape_outlines(marks.shapes)]
    pieces = placed(stroke_outlines(marks.strokes))
    letters: list[Stack] = [(pieces, np.ones(len(pieces)))]
    black = 1 - printed_grey(INK_REFLECTANCE, design)
    levels = np.empty((rows, columns), np.uint8)
    for (start, shapes), (_, text) in zip(
        cover_bands(stacks, rows, columns), cover_bands(letters, rows, columns), strict=True
    ):
        grey = 1 - shapes - black * np.clip(text, 0.0, 1.0)
        levels[start : start + len(grey)] = np.round(255 * np.clip(grey, 0.0, 1.0))
    return levels


def printed_grey(reflectance: float, design: ChartDesign) -> float:
    """Level 0...1 to send to a printer: sRGB of the reflectance relative to bare paper (IEC 61966-2-1)."""
    linear = min(reflectance / design.paper_reflectance, 1.0)
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _svg_grey(reflectance: float, design: ChartDesign) -> str:
    return "#" + 3 * f"{round(255 * printed_grey(reflectance, design)):02x}"


def _svg_shape(shape: Shape, design: ChartDesign) -> str:
    fill = _svg_grey(shape.reflectance, design)
    if isinstance(shape, Circle):
        return f'<circle cx="{shape.u_mm:.4f}" cy="{-shape.v_mm:.4f}" r="{shape.radius_mm:.4f}" fill="{fill}"/>'
    points = " ".join(f"{u:.4f},{-v:.4f}" for u, v in shape.corners_mm)
    return f'<polygon points="{points}" fill="{fill}"/>'


def _svg_stroke(stroke: Stroke) -> str:
    points = " ".join(f"{u:.3f},{-v:.3f}" for u, v in stroke.points_mm)
    return f'<polyline points="{points}" stroke-width="{stroke.width_mm:.3f}"/>'


def _pdf_shape(canvas: Canvas, shape: Shape, design: ChartDesign) -> None:
    canvas.setFillGray(printed_grey(shape.reflectance, design))
    if isinstance(shape, Circle):
        canvas.circle(shape.u_mm, shape.v_mm, shape.radius_mm, stroke=0, fill=1)
        return
    _pdf_path(canvas, shape)


def _pdf_path(canvas: Canvas, polygon: Polygon) -> None:
    path = canvas.beginPath()
    path.moveTo(*polygon.corners_mm[0])
    for corner in polygon.corners_mm[1:]:
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _pdf_stroke(canvas: Canvas, stroke: Stroke) -> None:
    canvas.setLineWidth(stroke.width_mm)
    path = canvas.beginPath()
    path.moveTo(*stroke.points_mm[0])
    for point in stroke.points_mm[1:]:
        path.lineTo(*point)
    canvas.drawPath(path, stroke=1, fill=0)
