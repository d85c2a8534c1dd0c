/** The two plots of a lens page: focus shift against f-number, and against distance at one f-number. */

import { areaY, dot, lineY, ruleX } from "@observablehq/plot";
import type { Markish } from "@observablehq/plot";
import { fNumberColour } from "../lib/colour";
import type { Palette } from "../lib/colour";
import { count, fNumber, plain, side, signed } from "../lib/format";
import type { LensPlot } from "../lib/payloads";
import type { Chart, Choices, Control, LegendItem, Reading, Size, Table, View } from "./chart";
import { depthWordsY, fNumberAxis, grid, MARGIN, valueAxis, wedge, zeroLine } from "./marks";
import { creditLine } from "./named";
import { draw } from "./plot";
import { domainAround, fNumberDomain } from "./scales";
import { bandDistance, defaultBand, shiftByFNumber, UNIT_LABEL } from "./shiftState";
import type { MeanPoint, Point, ShiftState, Unit } from "./shiftState";

/** Above this many copies single lines are a thicket: the mean and its bands speak. */
export const MANY_COPIES = 20;
export const LEAST_RANGE: Record<Unit, number> = { mm: 0.5, um: 5, share: 0.5 };

export function unitControl(initial: Unit): Control {
  return {
    name: "unit",
    legend: "Show shift in",
    initial,
    options: [
      { value: "mm", label: "mm" },
      { value: "um", label: "µm at the sensor" },
      { value: "share", label: "share of half the depth of field" },
    ],
  };
}

/** `applied` are the criteria in mm on the sensor in question; a lens page knows no single sensor. */
export function criterionControl(applied?: [number, number]): Control {
  const [pixel, print] = applied ? applied.map((size) => ` (${size.toFixed(3)} mm)`) : ["", ""];
  return {
    name: "criterion",
    legend: "Sharp enough for",
    initial: "0.006",
    options: [
      { value: "0.006", label: `one pixel${pixel}` },
      { value: "0.030", label: `a print${print}` },
    ],
  };
}

export function shiftByFNumberChart(plot: LensPlot): Chart {
  const state = (choices: Choices): ShiftState => shiftByFNumber(plot, choices.band ?? "", shiftChoices(choices));
  const bandLabel = (choices: Choices): string => bandDistance(plot, choices.band ?? "");
  return {
    fileName: `${plot.lens.slug}-shift-by-f-number`,
    credit: (choices) =>
      creditLine(plot.lens.name, plot, ...countsAt(state(choices)), `at ${bandLabel(choices)}`, inUnit(choices)),
    controls: [
      unitControl("mm"),
      {
        name: "band",
        legend: "Distance",
        initial: defaultBand(plot),
        options: plot.bands.map((band) => ({ value: band.key, label: bandDistance(plot, band.key) })),
      },
      criterionControl(),
    ],
    height: (width) => (width < 520 ? 300 : 380),
    view: (choices, size, palette) => drawByFNumber(state(choices), size, palette),
    legend: (choices) => legendOf(state(choices)),
    summary: (choices) => summaryOf(state(choices), `at ${bandLabel(choices)}`, (point) => fNumber(point.fNumber)),
    table: (choices) => tableOf(state(choices)),
  };
}

function countsAt(state: ShiftState): string[] {
  return [`${count(state.nCopies, "copy", "copies")}, ${count(state.nSeries, "series", "series")}`];
}

function inUnit(choices: Choices): string {
  return `shift in ${UNIT_LABEL[(choices.unit ?? "mm") as Unit]}, mean with 95 % interval`;
}

function shiftChoices(choices: Choices): { unit: Unit; criterion: string } {
  return { unit: (choices.unit ?? "mm") as Unit, criterion: choices.criterion ?? "0.006" };
}

export function nearest(values: number[], wanted: number): number {
  return [...values].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? wanted;
}

function valueDomain(state: ShiftState): [number, number] {
  const ofMean = state.mean.flatMap((p) => [p.value, p.low, p.high]);
  const ends = state.mean.flatMap((p) => [p.predictionLow, p.predictionHigh]);
  const ofCopies = [...state.copies, ...state.own].flatMap((copy) =>
    copy.points.flatMap((p) => (p.speaksForItself ? [p.value, p.low, p.high] : [p.value])),
  );
  return domainAround([...ofMean, ...ofCopies], ends, LEAST_RANGE[state.unit]);
}

function drawByFNumber(state: ShiftState, size: Size, palette: Palette): View {
  const drawn = draw(
    {
      ...MARGIN,
      x: { type: "log", domain: fNumberDomain(state.fNumbers) },
      y: { domain: valueDomain(state), label: null },
      marks: [
        ...wedge(state.mean, "fNumber", palette),
        prediction(state, palette),
        grid(palette),
        zeroLine(palette),
        ...copyMarks(state, palette),
        ...meanMarks(state, palette),
        ...ownMarks(state, palette),
        ...depthWordsY(`Focus shift (${UNIT_LABEL[state.unit]})`, palette),
        fNumberAxis(state.fNumbers, size.width, palette),
        valueAxis(palette),
      ],
    },
    size,
    palette,
  );
  return { svg: drawn.svg, readings: readingsOf(state, (point) => drawn.x(point.fNumber), drawn.y) };
}

function prediction(state: ShiftState, palette: Palette): Markish {
  if (!state.hasPrediction) return null;
  const known = state.mean.filter((point) => point.predictionLow !== null && point.predictionHigh !== null);
  return areaY(known, {
    x: "fNumber",
    y1: "predictionLow",
    y2: "predictionHigh",
    fill: palette.band,
    fillOpacity: 0.75,
    clip: true,
  });
}

function copyMarks(state: ShiftState, palette: Palette): Markish[] {
  if (state.copies.length >= MANY_COPIES) return [];
  const bounded = state.copies.flatMap((copy) => copy.points).filter((point) => point.speaksForItself);
  return [
    ...state.copies.map((copy) =>
      lineY(copy.points, { x: "fNumber", y: "value", stroke: palette.quiet, strokeWidth: 1, strokeOpacity: 0.7 }),
    ),
    ruleX(bounded, { x: "fNumber", y1: "low", y2: "high", stroke: palette.quiet }),
  ];
}

function meanMarks(state: ShiftState, palette: Palette): Markish[] {
  const withInterval = state.mean.filter((point) => point.low !== null && point.high !== null);
  const colour = (point: MeanPoint): string => fNumberColour(point.fNumber, palette);
  return [
    lineY(state.meanLine, { x: "fNumber", y: "value", stroke: palette.ink, strokeWidth: 1.75 }),
    ruleX(withInterval, { x: "fNumber", y1: "low", y2: "high", stroke: colour, strokeWidth: 3 }),
    dot(state.mean, { x: "fNumber", y: "value", r: 5, fill: colour, stroke: palette.surface, strokeWidth: 1.5 }),
  ];
}

/** The reader's own copy, in the accent, with its own intervals. */
function ownMarks(state: ShiftState, palette: Palette): Markish[] {
  return state.own.flatMap((copy) => [
    lineY(copy.points, { x: "fNumber", y: "value", stroke: palette.accent, strokeWidth: 2.5 }),
    ruleX(
      copy.points.filter((point) => point.low !== null),
      { x: "fNumber", y1: "low", y2: "high", stroke: palette.accent, strokeWidth: 2 },
    ),
    dot(copy.points, {
      x: "fNumber",
      y: "value",
      r: 4,
      symbol: "square",
      fill: palette.accent,
      stroke: palette.surface,
    }),
  ]);
}

function readingsOf(
  state: ShiftState,
  x: (point: MeanPoint | Point) => number,
  y: (value: number) => number,
): Reading[] {
  return [
    ...state.own.flatMap((copy) =>
      copy.points.map((point) => ({ x: x(point), y: y(point.value), text: copyText(copy.label, point, state.unit) })),
    ),
    ...state.mean.map((point) => ({ x: x(point), y: y(point.value), text: meanText(point, state) })),
    ...(state.copies.length < MANY_COPIES && state.copies.length > 1 ? state.copies : []).flatMap((copy) =>
      copy.points.map((point) => ({ x: x(point), y: y(point.value), text: copyText(copy.label, point, state.unit) })),
    ),
  ];
}

function meanText(point: MeanPoint, state: ShiftState): string {
  const range = point.low === null || point.high === null ? "" : `, 95 % ${signed(point.low)} to ${signed(point.high)}`;
  const who = point.nCopies === 1 ? "this specimen only" : `mean of ${count(point.nCopies, "copy", "copies")}`;
  return `${where(point)}: ${valueText(point.value, state.unit)}${range}; ${who}, ${count(point.nSeries, "series", "series")}`;
}

function copyText(label: string, point: Point, unit: Unit): string {
  return `${label}, ${where(point)}: ${valueText(point.value, unit)}${point.borrowed ? ", borrowed from the series fit" : ""}`;
}

function where(point: { fNumber: number; distanceM: number }): string {
  return `${fNumber(point.fNumber)}, ${plain(point.distanceM)} m`;
}

export function valueText(value: number, unit: Unit): string {
  const label = { mm: "mm", um: "µm", share: "× half the depth of field" }[unit];
  return `${signed(value)} ${label}${value === 0 ? "" : ` ${side(value)}`}`;
}

function legendOf(state: ShiftState): LegendItem[] {
  const n = state.copies.length;
  const own = state.copies.some((copy) => copy.points.some((point) => point.speaksForItself));
  const bars = state.mean.some((point) => point.low !== null) ? ", bar: 95 % interval" : "";
  const items: LegendItem[] = [{ swatch: "key-mean", label: n === 1 ? "this specimen only" : `mean${bars}` }];
  if (state.own.length > 0) items.unshift({ swatch: "key-yours", label: "your copy, with its own 95 % interval" });
  if (n > 1 && n < MANY_COPIES) items.push({ swatch: "key-copy", label: "one copy each" });
  if (own) items.push({ swatch: "key-own", label: "a copy's own 95 % interval" });
  if (state.hasPrediction) items.push({ swatch: "key-band", label: "95 % of further copies" });
  items.push({ swatch: "key-wedge", label: "inside the depth of field" });
  return items;
}

function summaryOf(state: ShiftState, scene: string, name: (point: MeanPoint) => string): string {
  if (state.mean.length === 0) return `No focus shift is known ${scene}.`;
  const values = state.mean.map((point) => `${name(point)}: ${valueText(point.value, state.unit)}`).join("; ");
  return `Focus shift ${scene}, ${count(state.nCopies, "copy", "copies")}, ${count(state.nSeries, "series", "series")}. ${values}.`;
}

function tableOf(state: ShiftState): Table {
  const columns = [
    "who",
    "f_number",
    "distance_m",
    `shift_${state.unit}`,
    "low95",
    "high95",
    "prediction_low",
    "prediction_high",
    "n_copies",
    "n_series",
  ];
  const means = state.mean.map((p) => [
    "mean",
    p.fNumber,
    p.distanceM,
    p.value,
    p.low,
    p.high,
    p.predictionLow,
    p.predictionHigh,
    p.nCopies,
    p.nSeries,
  ]);
  const copies = [...state.copies, ...state.own].flatMap((copy) =>
    copy.points.map((p) => [copy.label, p.fNumber, p.distanceM, p.value, p.low, p.high, null, null, 1, p.nSeries]),
  );
  return { columns, rows: [...means, ...copies] };
}
