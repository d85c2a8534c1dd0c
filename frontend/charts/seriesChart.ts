/** The shift curve of one series: measured filled, borrowed hollow, every point with its interval. */

import { dot, lineY, ruleX } from "@observablehq/plot";
import { fNumberColour } from "../lib/colour";
import type { Palette } from "../lib/colour";
import { fNumber, sentenceList, side, signed } from "../lib/format";
import type { SeriesResult } from "../lib/payloads";
import type { Named } from "./named";
import type { Chart, Choices, LegendItem, Size, Table, View } from "./chart";
import { depthWordsY, fNumberAxis, grid, MARGIN, valueAxis, wedge, zeroLine } from "./marks";
import { draw } from "./plot";
import { domainOf, fNumberDomain } from "./scales";
import { appliedCriteria, seriesCurve } from "./seriesState";
import type { SeriesCurve, SeriesPoint } from "./seriesState";
import { criterionControl, unitControl } from "./shiftChart";
import { UNIT_LABEL } from "./shiftState";
import type { Unit } from "./shiftState";

export function seriesShiftChart(result: SeriesResult, named: Named): Chart {
  const state = (choices: Choices): SeriesCurve =>
    seriesCurve(result, (choices.unit ?? "mm") as Unit, choices.criterion ?? "0.006");
  return {
    fileName: `${named.stem}-focus-shift`,
    credit: () => named.credit,
    controls: [unitControl("mm"), criterionControl(appliedCriteria(result))],
    height: (width) => (width < 520 ? 290 : 360),
    view: (choices, size, palette) => drawCurve(state(choices), size, palette),
    legend: (choices) => legendOf(state(choices)),
    summary: (choices) => summaryOf(state(choices)),
    table: (choices) => tableOf(state(choices)),
  };
}

function drawCurve(curve: SeriesCurve, size: Size, palette: Palette): View {
  const fNumbers = curve.points.map((point) => point.fNumber);
  const least = { mm: 0.5, um: 5, share: 0.5 }[curve.unit];
  const colour = (point: SeriesPoint): string => fNumberColour(point.fNumber, palette);
  const bounded = curve.points.filter((point) => point.low !== null && point.high !== null);
  const drawn = draw(
    {
      ...MARGIN,
      x: { type: "log", domain: fNumberDomain(fNumbers) },
      y: {
        domain: domainOf(
          curve.points.flatMap((p) => [p.value, p.low, p.high]),
          least,
        ),
        label: null,
      },
      marks: [
        ...wedge(curve.points, "fNumber", palette),
        grid(palette),
        zeroLine(palette),
        lineY(curve.points, { x: "fNumber", y: "value", stroke: palette.quiet, strokeWidth: 1 }),
        ruleX(bounded, { x: "fNumber", y1: "low", y2: "high", stroke: colour, strokeWidth: 2 }),
        dot(curve.points, {
          x: "fNumber",
          y: "value",
          r: 5,
          fill: (point: SeriesPoint) => (point.basis === "borrowed" ? palette.surface : colour(point)),
          stroke: colour,
          strokeWidth: 2,
        }),
        ...depthWordsY(`Focus shift (${UNIT_LABEL[curve.unit]})`, palette),
        fNumberAxis(fNumbers, size.width, palette),
        valueAxis(palette),
      ],
    },
    size,
    palette,
  );
  const readings = curve.points.map((point) => ({
    x: drawn.x(point.fNumber),
    y: drawn.y(point.value),
    text: pointText(point, curve.unit),
  }));
  return { svg: drawn.svg, readings };
}

function pointText(point: SeriesPoint, unit: Unit): string {
  const label = { mm: "mm", um: "µm", share: "× half the depth of field" }[unit];
  const range =
    point.low === null || point.high === null ? "" : ` (95 % ${signed(point.low)} to ${signed(point.high)})`;
  const words = point.value === 0 ? "" : ` ${side(point.value)}`;
  return `${fNumber(point.fNumber)}: ${signed(point.value)} ${label}${words}${range}${point.basis ? `, ${point.basis}` : ""}`;
}

function legendOf(curve: SeriesCurve): LegendItem[] {
  const items: LegendItem[] = [{ swatch: "key-measured", label: "measured in this photo, bar: 95 % interval" }];
  if (curve.points.some((point) => point.basis === "borrowed")) {
    items.push({ swatch: "key-borrowed", label: "borrowed from the fit over the series" });
  }
  items.push({ swatch: "key-wedge", label: "inside the depth of field" });
  return items;
}

function summaryOf(curve: SeriesCurve): string {
  const known = curve.points.map((point) => pointText(point, curve.unit)).join("; ");
  const missing = curve.missing.length ? ` No value at ${sentenceList(curve.missing.map(fNumber))}.` : "";
  return `${known ? `Focus shift against the widest f-number. ${known}.` : "No focus shift could be measured."}${missing}`;
}

function tableOf(curve: SeriesCurve): Table {
  return {
    columns: ["f_number", `shift_${curve.unit}`, "low95", "high95", "basis", "n_photos"],
    rows: curve.points.map((p) => [p.fNumber, p.value, p.low, p.high, p.basis, p.nPhotos]),
  };
}
