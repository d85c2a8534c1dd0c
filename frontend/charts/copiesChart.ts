/** The copies of a lens one below the other, each with its interval and its single series: the caterpillar plot. */

import { axisX, axisY, dot, gridX, rect, ruleX, ruleY, text } from "@observablehq/plot";
import type { Palette } from "../lib/colour";
import { count, fNumber, plain, signed, side } from "../lib/format";
import type { CopyAt, LensVerdict, Maybe } from "../lib/payloads";
import type { Chart, LegendItem, Size, Table, View } from "./chart";
import { tickText } from "./marks";
import { creditLine } from "./named";
import { draw } from "./plot";
import { domainAround } from "./scales";

/** A row for the reader's own copy, kept apart from the others. */
export interface OwnCopy {
  label: string;
  um: number;
  low_um: Maybe;
  high_um: Maybe;
  n_series: number;
}

export interface CopyLine {
  label: string;
  value: number;
  low: Maybe;
  high: Maybe;
  nSeries: number;
  batch: string;
  odd: boolean;
  own: boolean;
  /** Its single series, when it has several: how well it repeats itself. */
  series: { value: number; distanceM: number }[];
}

export interface CopiesState {
  fNumber: number;
  lines: CopyLine[];
  /** The odd copies are shown, and left out of mean and prediction. */
  isWithoutOdd: boolean;
  mean: Maybe;
  predictionLow: Maybe;
  predictionHigh: Maybe;
}

/** Copies by batch where batches are known, then from the front to the back. */
export function copiesState(verdict: LensVerdict, own: OwnCopy[] = []): CopiesState {
  const lines = verdict.copies.flatMap((copy) => lineOf(verdict, copy) ?? []);
  const mine = own.map((copy) => ({
    label: copy.label,
    value: copy.um,
    low: copy.low_um,
    high: copy.high_um,
    nSeries: copy.n_series,
    batch: "",
    odd: false,
    own: true,
    series: [],
  }));
  const all = verdict.without_odd ?? verdict;
  return {
    fNumber: verdict.f_number,
    lines: [...lines, ...mine].sort((a, b) => a.batch.localeCompare(b.batch) || a.value - b.value),
    isWithoutOdd: verdict.without_odd !== null,
    mean: verdict.n_copies > 1 ? all.mean_um : null,
    predictionLow: all.pred_low_um,
    predictionHigh: all.pred_high_um,
  };
}

function lineOf(verdict: LensVerdict, copy: CopyAt): CopyLine | null {
  if (copy.um === null) return null;
  const repeated = verdict.repeats.rows.find((row) => row.id === copy.id);
  return {
    label: copy.label,
    value: copy.um,
    low: copy.low_um,
    high: copy.high_um,
    nSeries: copy.n_series,
    batch: copy.batch,
    odd: copy.odd,
    own: false,
    series: (repeated?.values ?? []).map(({ um, distance_m }) => ({ value: um, distanceM: distance_m })),
  };
}

const WAY = "\u2190 in front \u00b7 \u00b5m at the sensor \u00b7 behind \u2192";

export function copiesChart(name: string, slug: string, verdict: LensVerdict, own: OwnCopy[] = []): Chart {
  const state = copiesState(verdict, own);
  const n = `${count(verdict.n_copies, "copy", "copies")}, ${count(verdict.n_series, "series", "series")}`;
  const pitch = state.lines.length > 30 ? 16 : 26;
  return {
    fileName: `${slug}-copies`,
    credit: () =>
      creditLine(name, verdict, n, `at ${fNumber(verdict.f_number)}`, "\u00b5m at the sensor, 95 % intervals"),
    controls: [],
    height: () => 66 + pitch * state.lines.length,
    view: (_choices, size, palette) => drawCopies(state, size, palette),
    legend: () => legendOf(state),
    summary: () => summaryOf(state),
    table: () => tableOf(state),
  };
}

function drawCopies(state: CopiesState, size: Size, palette: Palette): View {
  const remark = (line: CopyLine): string =>
    [line.batch, line.odd ? "unlike the others" : ""].filter(Boolean).join(", ");
  const longest = (words: string[]): number => Math.max(0, ...words.map((word) => word.length));
  const labelOf = (line: CopyLine): string => line.label;
  const colour = (line: CopyLine): string => (line.own ? palette.accent : palette.ink);
  const bounded = state.lines.filter((line) => line.low !== null && line.high !== null);
  const series = state.lines.flatMap((line) => line.series.map((one) => ({ ...one, label: line.label })));
  const ends = [state.predictionLow, state.predictionHigh];
  const values = [
    ...state.lines.flatMap((line) => [line.value, line.low, line.high]),
    ...series.map((one) => one.value),
  ];
  const band = (low: Maybe, high: Maybe): { low: number; high: number }[] =>
    low === null || high === null ? [] : [{ low, high }];
  const drawn = draw(
    {
      marginLeft: Math.min(170, 16 + 6.4 * longest(state.lines.map(labelOf))),
      marginRight: 14 + 6.2 * longest(state.lines.map(remark)),
      marginTop: 8,
      marginBottom: 46,
      x: { domain: domainAround(values, ends, 5), label: null },
      y: { type: "band", domain: state.lines.map(labelOf), padding: 0.2, label: null },
      marks: [
        rect(band(state.predictionLow, state.predictionHigh), {
          x1: "low",
          x2: "high",
          fill: palette.band,
          fillOpacity: 0.75,
          clip: true,
        }),
        gridX({ stroke: palette.grid, strokeOpacity: 1, ticks: 6 }),
        ruleX([0], { stroke: palette.ink }),
        state.mean === null ? null : ruleX([state.mean], { stroke: palette.quiet, strokeDasharray: "4,3" }),
        dot(series, { x: "value", y: "label", r: 2.5, stroke: palette.quiet, fill: palette.surface }),
        ruleY(bounded, {
          x1: "low",
          x2: "high",
          y: labelOf,
          stroke: colour,
          strokeWidth: (line: CopyLine) => (line.own ? 3 : 2),
        }),
        dot(state.lines, {
          x: "value",
          y: labelOf,
          r: 4.5,
          fill: colour,
          stroke: palette.surface,
          symbol: (line: CopyLine) => (line.odd ? "diamond" : "circle"),
        }),
        text(state.lines.filter(remark), {
          frameAnchor: "right",
          y: labelOf,
          dx: 8,
          textAnchor: "start",
          text: remark,
          fill: palette.quiet,
        }),
        axisY({ tickSize: 0, label: null, fill: palette.ink }),
        axisX({
          ticks: 6,
          tickSize: 3,
          label: null,
          tickFormat: (v: number) => tickText(v),
          fill: palette.quiet,
          stroke: palette.quiet,
        }),
        text([size.width < 420 ? "\u2190 in front \u00b7 \u00b5m \u00b7 behind \u2192" : WAY], {
          frameAnchor: "bottom",
          dy: 36,
          fill: palette.quiet,
        }),
      ],
    },
    size,
    palette,
  );
  return {
    svg: drawn.svg,
    readings: state.lines.map((line) => ({ x: drawn.x(line.value), y: drawn.yOf(line.label), text: lineText(line) })),
  };
}

function lineText(line: CopyLine): string {
  const range = line.low === null || line.high === null ? "" : `, 95 % ${signed(line.low)} to ${signed(line.high)}`;
  const single = line.series.map((one) => `${signed(one.value)} at ${plain(one.distanceM)} m`);
  const series = single.length > 0 ? `; its series: ${single.join(", ")}` : "";
  const remark = line.odd ? ", unlike the others" : "";
  return `${line.label}: ${signed(line.value)} \u00b5m ${side(line.value)}${range}${remark}${series}`;
}

function legendOf(state: CopiesState): LegendItem[] {
  const of = state.isWithoutOdd ? "the others" : "all copies";
  return [
    { swatch: "key-measured-ink", label: "a copy and its 95 % interval" },
    ...(state.lines.some((line) => line.own) ? [{ swatch: "key-yours", label: "your copy" }] : []),
    ...(state.lines.some((line) => line.series.length > 0)
      ? [{ swatch: "key-series", label: "its single series" }]
      : []),
    ...(state.mean === null ? [] : [{ swatch: "key-dots", label: `mean of ${of}` }]),
    ...(state.predictionLow === null ? [] : [{ swatch: "key-band", label: `95 % of further copies, by ${of}` }]),
  ];
}

function summaryOf(state: CopiesState): string {
  return `Copies at ${fNumber(state.fNumber)} from front to back. ${state.lines.map(lineText).join("; ")}.`;
}

function tableOf(state: CopiesState): Table {
  return {
    columns: ["copy", "f_number", "shift_um", "low95", "high95", "n_series", "batch", "unlike_others"],
    rows: state.lines.map((line) => [
      line.label,
      state.fNumber,
      line.value,
      line.low,
      line.high,
      line.nSeries,
      line.batch,
      line.odd ? "yes" : "no",
    ]),
  };
}
