/** The two plots of a lens page: focus shift against f-number, and against distance at one f-number. */

import { areaY, axisX, dot, lineY, ruleX } from "@observablehq/plot";
import type { Markish } from "@observablehq/plot";
import { fNumberColour } from "../lib/colour";
import type { Palette } from "../lib/colour";
import { bareFNumber, count, fNumber, plain, side, signed } from "../lib/format";
import type { LensPlot } from "../lib/payloads";
import type { Chart, Choices, Control, LegendItem, Reading, Size, Table, View } from "./chart";
import { depthWordsY, fNumberAxis, grid, MARGIN, valueAxis, wedge, zeroLine } from "./marks";
import { creditLine } from "./named";
import { draw } from "./plot";
import { domainOf, fNumberDomain, widthOrder } from "./scales";
import { defaultBand, shiftByDistance, shiftByFNumber, UNIT_LABEL } from "./shiftState";
import type { MeanPoint, Point, ShiftState, Unit } from "./shiftState";

/** Above this many copies single lines are a thicket: the mean and its bands speak. */
const MANY_COPIES = 20;
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
  const bandLabel = (choices: Choices): string => plot.bands.find((band) => band.key === choices.band)?.label ?? "";
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
        options: plot.bands.map((band) => ({ value: band.key, label: band.label })),
      },
      criterionControl(),
    ],
    height: (width) => (width < 520 ? 300 : 380),
    view: (choices, size, palette) => drawByFNumber(state(choices), size, palette),
    legend: (choices) => legendOf(state(choices), true),
    summary: (choices) => summaryOf(state(choices), `at ${bandLabel(choices)}`, (point) => fNumber(point.fNumber)),
    table: (choices) => tableOf(state(choices)),
  };
}

export function shiftByDistanceChart(plot: LensPlot): Chart {
  const fNumbers = widthOrder(plot.model.map((cell) => cell.f_number)).slice(1);
  const state = (choices: Choices): ShiftState => shiftByDistance(plot, Number(choices.f), shiftChoices(choices));
  const named = (choices: Choices): string => `at ${fNumber(Number(choices.f))}`;
  return {
    fileName: `${plot.lens.slug}-shift-by-distance`,
    credit: (choices) => creditLine(plot.lens.name, plot, ...countsAt(state(choices)), named(choices), inUnit(choices)),
    controls: [
      unitControl("um"),
      {
        name: "f",
        legend: "f-number",
        initial: String(nearest(fNumbers, 2.8)),
        options: fNumbers.map((n) => ({ value: String(n), label: bareFNumber(n) })),
      },
      { ...criterionControl(), shownWhen: (choices) => choices.unit === "share" },
    ],
    height: (width) => (width < 520 ? 280 : 320),
    view: (choices, size, palette) => drawByDistance(state(choices), size, palette),
    legend: (choices) => legendOf(state(choices), false),
    summary: (choices) => summaryOf(state(choices), named(choices), (point) => `${plain(point.distanceM)} m`),
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

function nearest(values: number[], wanted: number): number {
  return [...values].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? wanted;
}

function valueDomain(state: ShiftState): [number, number] {
  const ofMean = state.mean.flatMap((p) => [p.value, p.low, p.high, p.predictionLow, p.predictionHigh]);
  const ofCopies = state.copies.flatMap((copy) =>
    copy.points.flatMap((p) => (p.speaksForItself ? [p.value, p.low, p.high] : [p.value])),
  );
  return domainOf([...ofMean, ...ofCopies], LEAST_RANGE[state.unit]);
}

function drawByFNumber(state: ShiftState, size: Size, palette: Palette): View {
  const drawn = draw(
    {
      ...MARGIN,
      x: { type: "log", domain: fNumberDomain(state.fNumbers) },
      y: { domain: valueDomain(state), label: null },
      marks: [
        ...wedge(state.mean, "fNumber", palette),
        prediction(state, "fNumber", palette),
        grid(palette),
        zeroLine(palette),
        ...copyMarks(state, "fNumber", palette),
        ...meanMarks(state, "fNumber", palette),
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

function drawByDistance(state: ShiftState, size: Size, palette: Palette): View {
  const distances = [...state.mean, ...state.copies.flatMap((copy) => copy.points)].map((point) => point.distanceM);
  const domain: [number, number] = [Math.min(...distances) / 1.25, Math.max(...distances) * 1.25];
  const ticks = [0.3, 0.5, 0.7, 1, 1.4, 2, 3, 5].filter((at) => at >= domain[0] && at <= domain[1]);
  const drawn = draw(
    {
      ...MARGIN,
      x: { type: "log", domain },
      y: { domain: valueDomain(state), label: null },
      marks: [
        grid(palette),
        zeroLine(palette),
        ...copyMarks(state, "distanceM", palette),
        ...meanMarks(state, "distanceM", palette),
        ...depthWordsY(`Focus shift (${UNIT_LABEL[state.unit]})`, palette),
        axisX(ticks, {
          text: (d: number) => String(d),
          label: "distance (m)",
          labelAnchor: "center",
          labelArrow: "none",
          labelOffset: 34,
          tickSize: 4,
          fill: palette.quiet,
          stroke: palette.quiet,
        }),
        valueAxis(palette),
      ],
    },
    size,
    palette,
  );
  return { svg: drawn.svg, readings: readingsOf(state, (point) => drawn.x(point.distanceM), drawn.y) };
}

type Along = "fNumber" | "distanceM";

function prediction(state: ShiftState, along: Along, palette: Palette): Markish {
  if (!state.hasPrediction) return null;
  const known = state.mean.filter((point) => point.predictionLow !== null && point.predictionHigh !== null);
  return areaY(known, { x: along, y1: "predictionLow", y2: "predictionHigh", fill: palette.band, fillOpacity: 0.75 });
}

function copyMarks(state: ShiftState, along: Along, palette: Palette): Markish[] {
  if (state.copies.length >= MANY_COPIES) return [];
  const points = state.copies.flatMap((copy) => copy.points);
  const bounded = points.filter((point) => point.speaksForItself);
  return [
    ...state.copies.map((copy) =>
      lineY(copy.points, { x: along, y: "value", stroke: palette.quiet, strokeWidth: 1, strokeOpacity: 0.7 }),
    ),
    ruleX(bounded, { x: along, y1: "low", y2: "high", stroke: palette.quiet }),
    along === "distanceM"
      ? dot(points, { x: along, y: "value", r: 2.5, fill: palette.surface, stroke: palette.quiet })
      : null,
  ];
}

function meanMarks(state: ShiftState, along: Along, palette: Palette): Markish[] {
  const withInterval = state.mean.filter((point) => point.low !== null && point.high !== null);
  const colour = (point: MeanPoint): string => fNumberColour(point.fNumber, palette);
  // Over distance, a line from one single copy to another would tell a trend that nobody measured.
  const isTrend = (point: MeanPoint): boolean => along === "fNumber" || state.copies.length === 1 || point.nCopies > 1;
  const joined = (point: MeanPoint): number => (isTrend(point) ? point.value : NaN);
  return [
    lineY(state.mean, { x: along, y: joined, stroke: palette.ink, strokeWidth: 1.75 }),
    ruleX(withInterval, { x: along, y1: "low", y2: "high", stroke: colour, strokeWidth: 3 }),
    dot(state.mean, { x: along, y: "value", r: 5, fill: colour, stroke: palette.surface, strokeWidth: 1.5 }),
  ];
}

function readingsOf(
  state: ShiftState,
  x: (point: MeanPoint | Point) => number,
  y: (value: number) => number,
): Reading[] {
  return [
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

function legendOf(state: ShiftState, withWedge: boolean): LegendItem[] {
  const n = state.copies.length;
  const own = state.copies.some((copy) => copy.points.some((point) => point.speaksForItself));
  const bars = state.mean.some((point) => point.low !== null) ? ", bar: 95 % interval" : "";
  const items: LegendItem[] = [{ swatch: "key-mean", label: n === 1 ? "this specimen only" : `mean${bars}` }];
  if (n > 1 && n < MANY_COPIES) items.push({ swatch: "key-copy", label: "one copy each" });
  if (own) items.push({ swatch: "key-own", label: "a copy's own 95 % interval" });
  if (state.hasPrediction && withWedge) items.push({ swatch: "key-band", label: "95 % of further copies" });
  if (withWedge) items.push({ swatch: "key-wedge", label: "inside the depth of field" });
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
  const copies = state.copies.flatMap((copy) =>
    copy.points.map((p) => [copy.label, p.fNumber, p.distanceM, p.value, p.low, p.high, null, null, 1, p.nSeries]),
  );
  return { columns, rows: [...means, ...copies] };
}
