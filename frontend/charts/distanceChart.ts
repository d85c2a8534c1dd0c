/** Shift against distance, three ways side by side: at the sensor, in front of the lens, against depth of field. */

import { areaY, axisX, dot, lineY, ruleX, ruleY, text } from "@observablehq/plot";
import { fNumberColour } from "../lib/colour";
import type { Palette } from "../lib/colour";
import { bareFNumber, count, fNumber, plain, signed } from "../lib/format";
import { s } from "../lib/dom";
import type { LensPlot, LensVerdict } from "../lib/payloads";
import type { Chart, Choices, Reading, Size, Table, View } from "./chart";
import { distanceState, UNITS } from "./distanceState";
import type { CurvePoint, DistanceState, Panel } from "./distanceState";
import { grid, valueAxis, zeroLine } from "./marks";
import { creditLine } from "./named";
import { draw } from "./plot";
import type { Drawn } from "./plot";
import { domainOf, everyFitting, widthOrder } from "./scales";
import { criterionControl, LEAST_RANGE, MANY_COPIES, nearest, valueText } from "./shiftChart";

const SIDE_BY_SIDE_FROM = 640;
const PANEL_MARGIN = { marginLeft: 42, marginRight: 10, marginTop: 26, marginBottom: 40 };

export function distanceChart(plot: LensPlot, verdict: LensVerdict | null): Chart {
  const fNumbers = widthOrder(plot.model.map((cell) => cell.f_number)).slice(1);
  const wanted = verdict?.f_number ?? 2.8;
  const state = (choices: Choices): DistanceState =>
    distanceState(plot, verdict, Number(choices.f), choices.criterion ?? "0.006");
  return {
    fileName: `${plot.lens.slug}-shift-by-distance`,
    credit: (choices) => {
      const { fNumber: at, nCopies, nSeries } = state(choices);
      const n = `${count(nCopies, "copy", "copies")}, ${count(nSeries, "series", "series")}`;
      return creditLine(plot.lens.name, plot, n, `at ${fNumber(at)}`, "bars and band: 95 %");
    },
    controls: [
      {
        name: "f",
        legend: "f-number",
        initial: String(nearest(fNumbers, wanted)),
        options: fNumbers.map((n) => ({ value: String(n), label: bareFNumber(n) })),
      },
      criterionControl(),
    ],
    height: (width) => (width < SIDE_BY_SIDE_FROM ? 3 * 230 : 300),
    view: (choices, size, palette) => drawPanels(state(choices), size, palette),
    legend: (choices) => legendOf(state(choices)),
    summary: (choices) => summaryOf(state(choices)),
    table: (choices) => tableOf(state(choices)),
  };
}

function drawPanels(state: DistanceState, size: Size, palette: Palette): View {
  const beside = size.width >= SIDE_BY_SIDE_FROM;
  const width = beside ? Math.floor(size.width / UNITS.length) : size.width;
  const height = beside ? size.height : Math.floor(size.height / UNITS.length);
  const svg = s("svg", {
    class: "lensdb-plot",
    width: size.width,
    height: size.height,
    viewBox: `0 0 ${size.width} ${size.height}`,
  });
  const readings: Reading[] = [];
  state.panels.forEach((panel, index) => {
    const [left, top] = beside ? [index * width, 0] : [0, index * height];
    const drawn = drawPanel(panel, state.fNumber, { width, height }, palette);
    svg.append(moved(drawn.svg, left, top));
    readings.push(...readingsOf(panel, drawn, left, top));
  });
  return { svg, readings };
}

/** The marks of a drawing as a group at another place; what its root said of type and colour comes with them. */
function moved(drawing: SVGSVGElement, left: number, top: number): SVGGElement {
  const group = s("g", { transform: `translate(${left},${top})` });
  for (const name of ["font-family", "font-size", "text-anchor", "fill", "color"]) {
    const value = drawing.getAttribute(name);
    if (value !== null) group.setAttribute(name, value);
  }
  group.append(...drawing.childNodes);
  return group;
}

function drawPanel(panel: Panel, fNumberShown: number, size: Size, palette: Palette): Drawn {
  const points = panel.copies.flatMap((copy) => copy.points);
  const distances = [...points, ...panel.curve].map((point) => point.distanceM);
  const domain: [number, number] = [Math.min(...distances) / 1.15, Math.max(...distances) * 1.15];
  const room = size.width - PANEL_MARGIN.marginLeft - PANEL_MARGIN.marginRight;
  const inside = [0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10].filter((at) => at >= domain[0] && at <= domain[1]);
  const colour = fNumberColour(fNumberShown, palette);
  const few = panel.copies.length < MANY_COPIES;
  const bounded = points.filter((point) => point.low !== null && point.high !== null);
  const values = [...points, ...panel.curve].flatMap((p) => [p.value, p.low, p.high]);
  return draw(
    {
      ...PANEL_MARGIN,
      x: { type: "log", domain },
      y: { domain: domainOf(values, LEAST_RANGE[panel.unit]), label: null },
      marks: [
        panel.unit === "share"
          ? areaY(domain, { x: (d: number) => d, y1: -1, y2: 1, fill: palette.wedge, clip: true })
          : null,
        areaY(
          panel.curve.filter((point) => point.low !== null),
          { x: "distanceM", y1: "low", y2: "high", fill: palette.band, fillOpacity: 0.75 },
        ),
        grid(palette),
        panel.unit === "share" ? ruleY([-1, 1], { stroke: palette.quiet, strokeOpacity: 0.5, clip: true }) : null,
        zeroLine(palette),
        ...(few
          ? panel.copies.map((copy) =>
              lineY(copy.points, { x: "distanceM", y: "value", stroke: palette.quiet, strokeOpacity: 0.6 }),
            )
          : []),
        ...(few
          ? [ruleX(bounded, { x: "distanceM", y1: "low", y2: "high", stroke: palette.quiet, strokeOpacity: 0.7 })]
          : []),
        dot(points, { x: "distanceM", y: "value", r: 2.5, fill: palette.surface, stroke: palette.quiet }),
        ...curveMarks(panel.curve, colour),
        text([panel.title], {
          frameAnchor: "top-left",
          dx: -PANEL_MARGIN.marginLeft + 4,
          dy: -16,
          fill: palette.quiet,
          textAnchor: "start",
        }),
        axisX(everyFitting(inside, room, 26), {
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
}

/** Solid where series were measured, dashed beyond them. */
function curveMarks(curve: CurvePoint[], colour: string): ReturnType<typeof lineY>[] {
  const seen = (point: CurvePoint): number => (point.extrapolated ? NaN : point.value);
  return [
    lineY(curve, { x: "distanceM", y: "value", stroke: colour, strokeWidth: 1.5, strokeDasharray: "3,4" }),
    lineY(curve, { x: "distanceM", y: seen, stroke: colour, strokeWidth: 2.5 }),
  ];
}

function readingsOf(panel: Panel, drawn: Drawn, left: number, top: number): Reading[] {
  const place = (point: { distanceM: number; value: number }) => ({
    x: left + drawn.x(point.distanceM),
    y: top + drawn.y(point.value),
  });
  const range = (point: CurvePoint): string =>
    point.low === null || point.high === null ? "" : `, 95 % ${signed(point.low)} to ${signed(point.high)}`;
  return [
    ...panel.curve.map((point) => ({
      ...place(point),
      text: `${plain(point.distanceM)} m: ${valueText(point.value, panel.unit)}${range(point)}${point.extrapolated ? ", beyond what was measured" : ""}`,
    })),
    ...panel.copies.flatMap((copy) =>
      copy.points.map((point) => ({
        ...place(point),
        text: `${point.label}, ${plain(point.distanceM)} m: ${valueText(point.value, panel.unit)}`,
      })),
    ),
  ];
}

function legendOf(state: DistanceState): { swatch: string; label: string }[] {
  const curve = state.panels[0]?.curve ?? [];
  return [
    ...(curve.length > 0 ? [{ swatch: "key-mean", label: "model over all series" }] : []),
    ...(curve.some((point) => point.low !== null) ? [{ swatch: "key-band", label: "its 95 % interval" }] : []),
    ...(curve.some((point) => point.extrapolated) ? [{ swatch: "key-dots", label: "beyond what was measured" }] : []),
    { swatch: "key-copy", label: "one copy each" },
    { swatch: "key-wedge", label: "inside the depth of field" },
  ];
}

function summaryOf(state: DistanceState): string {
  const told = state.panels.map((panel) => {
    const shown =
      panel.curve.length > 0
        ? panel.curve.filter((point) => !point.extrapolated)
        : panel.copies.flatMap((copy) => copy.points);
    const ends = shown.length > 1 ? [shown[0], shown[shown.length - 1]] : shown;
    return ends
      .map((point) => (point ? `${plain(point.distanceM)} m: ${valueText(point.value, panel.unit)}` : ""))
      .join(", ");
  });
  return `Focus shift against distance at ${fNumber(state.fNumber)}. ${told.join("; ")}.`;
}

function tableOf(state: DistanceState): Table {
  const rows = state.panels.flatMap((panel) => [
    ...panel.curve.map((p) => [
      "model",
      panel.unit,
      p.distanceM,
      p.value,
      p.low,
      p.high,
      p.extrapolated ? "yes" : "no",
    ]),
    ...panel.copies.flatMap((copy) =>
      copy.points.map((p) => [p.label, panel.unit, p.distanceM, p.value, p.low, p.high, "no"]),
    ),
  ]);
  return { columns: ["who", "unit", "distance_m", "shift", "low95", "high95", "extrapolated"], rows };
}
