/** Sharpness over depth, one small panel per f-number, all on one scale. */

import { areaY, axisX, axisY, dot, frame, line, ruleX, ruleY, text } from "@observablehq/plot";
import { fNumberColour } from "../lib/colour";
import type { Palette } from "../lib/colour";
import { depth, fNumber } from "../lib/format";
import type { SeriesResult } from "../lib/payloads";
import type { Named } from "./named";
import type { Chart, Size, Table, View } from "./chart";
import { depthLabelX, tickText } from "./marks";
import { draw } from "./plot";
import { throughFocus } from "./seriesState";
import type { FocusPanel, ThroughFocusState } from "./seriesState";

const PANEL_WIDTH = 190;
const PANEL_HEIGHT = 128;

export function throughFocusChart(result: SeriesResult, named: Named): Chart {
  const state = throughFocus(result);
  return {
    fileName: `${named.stem}-through-focus`,
    credit: () => named.credit,
    controls: [],
    height: (width) => rowsIn(state, width) * PANEL_HEIGHT + 60,
    view: (_choices, size, palette) => drawPanels(state, size, palette),
    legend: () => [
      { swatch: "key-dots", label: "sharpness seen: MTF at 20 lp/mm on the sensor" },
      { swatch: "key-fit", label: "fitted curve" },
      { swatch: "key-focus", label: "best focus, 95 % interval shaded" },
    ],
    summary: () => `Sharpness over depth. ${state.panels.map(panelText).join("; ")}.`,
    table: () => tableOf(state),
  };
}

function columnsIn(width: number): number {
  return Math.max(1, Math.min(4, Math.floor(width / PANEL_WIDTH)));
}

function rowsIn(state: ThroughFocusState, width: number): number {
  return Math.max(1, Math.ceil(state.panels.length / columnsIn(width)));
}

interface Sample {
  panel: number;
  fNumber: number;
  depth: number;
  seen: number | null;
  fit: number | null;
  photo: string;
}

function samples(state: ThroughFocusState): Sample[] {
  return state.panels.flatMap((panel, index) =>
    panel.photos.flatMap((photo) =>
      (photo.curve?.depth_mm ?? []).map((at, i) => ({
        panel: index,
        fNumber: panel.fNumber,
        depth: at,
        seen: photo.curve?.mtf20[i] ?? null,
        fit: photo.curve?.fit[i] ?? null,
        photo: photo.file,
      })),
    ),
  );
}

function drawPanels(state: ThroughFocusState, size: Size, palette: Palette): View {
  const columns = columnsIn(size.width);
  const fx = (d: { panel: number }): number => d.panel % columns;
  const fy = (d: { panel: number }): number => Math.floor(d.panel / columns);
  const place = { fx, fy };
  const all = samples(state);
  const foci = state.panels.flatMap((panel, index) =>
    panel.photos.map((photo) => ({ ...photo, panel: index, fNumber: panel.fNumber })),
  );
  const known = foci.filter((focus) => focus.bestFocus !== null);
  const colour = (d: { fNumber: number }): string => fNumberColour(d.fNumber, palette);
  const corners = state.panels.map((panel, index) => ({ panel: index, fNumber: panel.fNumber }));
  const drawn = draw(
    {
      marginLeft: 34,
      marginRight: 8,
      marginTop: 8,
      marginBottom: 48,
      x: { domain: state.depth, label: null },
      y: { domain: state.sharpness, label: null },
      fx: { axis: null, padding: 0.07 },
      fy: { axis: null, padding: 0.16 },
      marks: [
        frame({ stroke: palette.grid }),
        areaY(intervalCorners(known, state), {
          ...place,
          x: "depth",
          y1: 0,
          y2: "top",
          z: "photo",
          fill: palette.band,
          clip: true,
        }),
        ruleX(corners, { ...place, x: 0, stroke: palette.quiet, strokeDasharray: "2,3" }),
        dot(
          all.filter((d) => d.seen !== null),
          { ...place, x: "depth", y: "seen", r: 1.2, fill: palette.quiet },
        ),
        line(
          all.filter((d) => d.fit !== null),
          {
            ...place,
            x: "depth",
            y: "fit",
            z: (d: Sample) => `${d.panel} ${d.photo}`,
            stroke: colour,
            strokeWidth: 1.75,
          },
        ),
        ruleX(known, { ...place, x: "bestFocus", stroke: palette.ink, strokeWidth: 1.25 }),
        ruleY([0], { stroke: palette.grid }),
        text(corners, {
          ...place,
          frameAnchor: "top-left",
          text: (d) => fNumber(d.fNumber),
          dx: 7,
          dy: 7,
          fontWeight: 600,
          fill: palette.ink,
          fontSize: 12,
        }),
        axisY({
          ticks: [0, 0.5, 1].filter((at) => at <= state.sharpness[1]),
          tickFormat: (v: number) => tickText(v),
          facetAnchor: "left",
          tickSize: 0,
          fill: palette.quiet,
        }),
        axisX({
          anchor: "bottom",
          ticks: 5,
          tickSize: 3,
          tickFormat: (v: number) => tickText(v),
          fill: palette.quiet,
          stroke: palette.quiet,
        }),
        text([depthLabelX()], { frameAnchor: "bottom", dy: 34, fill: palette.quiet, facet: "super" }),
      ],
    },
    size,
    palette,
  );
  return { svg: drawn.svg, readings: [] };
}

interface Corner {
  panel: number;
  photo: string;
  depth: number;
  top: number;
}

function intervalCorners(
  known: { panel: number; file: string; low: number | null; high: number | null }[],
  state: ThroughFocusState,
): Corner[] {
  return known.flatMap(({ panel, file, low, high }) =>
    low === null || high === null
      ? []
      : [low, high].map((at) => ({ panel, photo: `${panel} ${file}`, depth: at, top: state.sharpness[1] })),
  );
}

function panelText(panel: FocusPanel): string {
  const foci = panel.photos.map((photo) => (photo.bestFocus === null ? "no peak" : depth(photo.bestFocus)));
  return `${fNumber(panel.fNumber)}: best focus ${foci.join(", ")}`;
}

function tableOf(state: ThroughFocusState): Table {
  return {
    columns: ["f_number", "photo", "depth_mm", "mtf20", "fit"],
    rows: samples(state).map((d) => [d.fNumber, d.photo, d.depth, d.seen, d.fit]),
  };
}
