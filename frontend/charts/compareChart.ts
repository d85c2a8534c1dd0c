/** Up to six lenses in one plot: shift against f-number at the sensor, in mm of the scene, or against its depth of field. */

import { areaY, dot, lineY, ruleX, ruleY } from "@observablehq/plot";
import type { Markish } from "@observablehq/plot";
import type { Palette } from "../lib/colour";
import { count, fNumber, plain } from "../lib/format";
import type { ComparePlot, ComparePoint, Maybe } from "../lib/payloads";
import type { Chart, Choices, Size, Table, View } from "./chart";
import { depthWordsY, fNumberAxis, grid, MARGIN, valueAxis, zeroLine } from "./marks";
import { creditLine } from "./named";
import { draw } from "./plot";
import { domainOf, fNumberDomain, widthOrder } from "./scales";
import { LEAST_RANGE, unitControl, valueText } from "./shiftChart";
import { UNIT_LABEL } from "./shiftState";
import type { Unit } from "./shiftState";

/** One mark for each lens beside its colour, so that nobody needs to see colours. */
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "wye"] as const;

export interface LensPoint {
  place: number;
  name: string;
  fNumber: number;
  value: number;
  low: Maybe;
  high: Maybe;
  nCopies: number;
  nSeries: number;
  measuredAtM: number;
}

export interface CompareState {
  unit: Unit;
  lenses: { place: number; name: string; points: LensPoint[] }[];
}

export function compareState(plot: ComparePlot, unit: Unit): CompareState {
  return {
    unit,
    lenses: plot.lenses
      .map(({ place, name, points }) => ({
        place,
        name,
        points: points.flatMap((point) => lensPoint(place, name, point, unit) ?? []),
      }))
      .filter((lens) => lens.points.length > 0),
  };
}

function lensPoint(place: number, name: string, point: ComparePoint, unit: Unit): LensPoint | null {
  const [value, low, high] = point[unit] ?? [null, null, null];
  if (value === null) return null;
  return {
    place,
    name,
    fNumber: point.f_number,
    value,
    low,
    high,
    nCopies: point.n_copies,
    nSeries: point.n_series,
    measuredAtM: point.measured_at_m,
  };
}

export function compareChart(plot: ComparePlot): Chart {
  const state = (choices: Choices): CompareState => compareState(plot, (choices.unit ?? "um") as Unit);
  const scene = `${plain(plot.distance_m)} m`;
  const names = plot.lenses.map((lens) => lens.name).join(", ");
  return {
    fileName: "lenses-compared",
    credit: (choices) =>
      creditLine(names, plot, choices.unit === "um" ? "\u00b5m at the sensor" : `at ${scene}`, countsOf(plot)),
    controls: [unitControl("um")],
    height: (width) => (width < 520 ? 300 : 380),
    view: (choices, size, palette) => drawLenses(plot, state(choices), size, palette),
    legend: (choices) => [
      ...state(choices).lenses.map((lens) => ({ swatch: `lens-mark lens-${lens.place}`, label: lens.name })),
      ...(choices.unit === "share" ? [{ swatch: "key-wedge", label: "inside the depth of field" }] : []),
    ],
    summary: (choices) => summaryOf(state(choices)),
    table: (choices) => tableOf(state(choices)),
  };
}

function countsOf(plot: ComparePlot): string {
  return plot.lenses
    .map((lens) => Math.max(0, ...lens.points.map((point) => point.n_copies)))
    .map((n) => count(n, "copy", "copies"))
    .join(" / ");
}

function drawLenses(plot: ComparePlot, state: CompareState, size: Size, palette: Palette): View {
  const all = state.lenses.flatMap((lens) => lens.points);
  const fNumbers = widthOrder(all.map((point) => point.fNumber));
  const ofShare = state.unit === "share" ? [-1, 1] : [];
  const drawn = draw(
    {
      ...MARGIN,
      x: { type: "log", domain: fNumberDomain(fNumbers) },
      y: {
        domain: domainOf([...ofShare, ...all.flatMap((p) => [p.value, p.low, p.high])], LEAST_RANGE[state.unit]),
        label: null,
      },
      marks: [
        ...(state.unit === "share" ? sharpZone(fNumbers, palette) : []),
        grid(palette),
        zeroLine(palette),
        ruleX([plot.f_number], { stroke: palette.quiet, strokeDasharray: "2,3" }),
        ...state.lenses.flatMap((lens) => lensMarks(lens.points, palette)),
        ...depthWordsY(`Focus shift (${UNIT_LABEL[state.unit]})`, palette),
        fNumberAxis(fNumbers, size.width, palette),
        valueAxis(palette),
      ],
    },
    size,
    palette,
  );
  return {
    svg: drawn.svg,
    readings: all.map((point) => ({
      x: drawn.x(point.fNumber),
      y: drawn.y(point.value),
      text: pointText(point, state.unit),
    })),
  };
}

function sharpZone(fNumbers: number[], palette: Palette): Markish[] {
  return [
    areaY(fNumberDomain(fNumbers), { x: (n: number) => n, y1: -1, y2: 1, fill: palette.wedge, clip: true }),
    ruleY([-1, 1], { stroke: palette.quiet, strokeOpacity: 0.5 }),
  ];
}

function lensMarks(points: LensPoint[], palette: Palette): Markish[] {
  const place = points[0]?.place ?? 0;
  const colour = palette.lenses[place % palette.lenses.length] as string;
  const bounded = points.filter((point) => point.low !== null && point.high !== null);
  return [
    lineY(points, { x: "fNumber", y: "value", stroke: colour, strokeWidth: 1.75 }),
    ruleX(bounded, { x: "fNumber", y1: "low", y2: "high", stroke: colour, strokeWidth: 1.5 }),
    dot(points, {
      x: "fNumber",
      y: "value",
      r: 4.5,
      symbol: SYMBOLS[place % SYMBOLS.length] ?? "circle",
      fill: colour,
      stroke: palette.surface,
    }),
  ];
}

function pointText(point: LensPoint, unit: Unit): string {
  const who = `${count(point.nCopies, "copy", "copies")}, measured at ${plain(point.measuredAtM)} m`;
  return `${point.name}, ${fNumber(point.fNumber)}: ${valueText(point.value, unit)} (${who})`;
}

function summaryOf(state: CompareState): string {
  if (state.lenses.length === 0) return "None of these lenses focuses so near.";
  const told = state.lenses.map((lens) => {
    const values = lens.points.map((point) => `${fNumber(point.fNumber)} ${valueText(point.value, state.unit)}`);
    return `${lens.name}: ${values.join("; ")}`;
  });
  return `Focus shift against f-number. ${told.join(". ")}.`;
}

function tableOf(state: CompareState): Table {
  return {
    columns: ["lens", "f_number", `shift_${state.unit}`, "low95", "high95", "measured_at_m", "n_copies", "n_series"],
    rows: state.lenses.flatMap((lens) =>
      lens.points.map((p) => [p.name, p.fNumber, p.value, p.low, p.high, p.measuredAtM, p.nCopies, p.nSeries]),
    ),
  };
}
