/** Depth of field around best focus at each f-number, on the chart's own mm scale. */

import { axisX, barY, dot, ruleX, tickY } from "@observablehq/plot";
import { fNumberColour, mix } from "../lib/colour";
import type { Palette } from "../lib/colour";
import { bareFNumber, depth, fNumber, plain } from "../lib/format";
import type { SeriesResult } from "../lib/payloads";
import type { Named } from "./named";
import type { Chart, Size, Table, View } from "./chart";
import { depthWordsY, grid, MARGIN, valueAxis, zeroLine } from "./marks";
import { draw } from "./plot";
import { everyFitting } from "./scales";
import { appliedCriteria, depthOfField } from "./seriesState";
import type { DepthBar, DepthState } from "./seriesState";

export function depthOfFieldChart(result: SeriesResult, named: Named): Chart {
  const state = depthOfField(result);
  const [pixel, print] = appliedCriteria(result);
  return {
    fileName: `${named.stem}-depth-of-field`,
    credit: () => named.credit,
    controls: [],
    height: (width) => (width < 520 ? 300 : 360),
    view: (_choices, size, palette) => drawBars(state, size, palette),
    legend: () => [
      { swatch: "key-print", label: `sharp in a print (${print.toFixed(3)} mm)` },
      { swatch: "key-pixel", label: `sharp to one pixel (${pixel.toFixed(3)} mm)` },
      { swatch: "key-focus", label: "best focus" },
    ],
    summary: () => `Depth of field on the chart's scale. ${state.bars.map(barText).join("; ")}.`,
    table: () => tableOf(state),
  };
}

interface Strip extends DepthBar {
  near: number;
  far: number;
  rank: number;
}

function strips(state: DepthState): Strip[] {
  return state.bars.flatMap((bar) => bar.bands.map((band, rank) => ({ ...bar, near: band.near, far: band.far, rank })));
}

function drawBars(state: DepthState, size: Size, palette: Palette): View {
  const all = strips(state);
  const name = (bar: DepthBar): string => bareFNumber(bar.fNumber);
  const colour = (bar: DepthBar): string => fNumberColour(bar.fNumber, palette);
  const pale = (bar: DepthBar): string => mix(palette.surface, colour(bar), 0.28);
  const bounded = state.bars.filter((bar) => bar.low !== null && bar.high !== null);
  const drawn = draw(
    {
      ...MARGIN,
      x: { type: "band", domain: state.bars.map(name), padding: 0.3 },
      y: { domain: state.depth, label: null },
      marks: [
        grid(palette),
        barY(
          all.filter((strip) => strip.rank === 0),
          { x: name, y1: "near", y2: "far", fill: pale, clip: true },
        ),
        barY(
          all.filter((strip) => strip.rank === 1),
          { x: name, y1: "near", y2: "far", fill: colour, clip: true, insetLeft: 3, insetRight: 3 },
        ),
        zeroLine(palette),
        tickY(state.bars, { x: name, y: "bestFocus", stroke: palette.surface, strokeWidth: 5, clip: true }),
        tickY(state.bars, { x: name, y: "bestFocus", stroke: palette.ink, strokeWidth: 2, clip: true }),
        ruleX(bounded, { x: name, y1: "low", y2: "high", stroke: palette.ink, strokeWidth: 1.5, clip: true }),
        dot(state.bars, { x: name, y: "bestFocus", r: 3, fill: palette.ink, clip: true }),
        ...depthWordsY("Depth on the chart (mm)", palette),
        axisX(everyFitting(state.bars.map(name), size.width - MARGIN.marginLeft - MARGIN.marginRight), {
          label: "f-number, wide to narrow",
          labelAnchor: "center",
          labelArrow: "none",
          labelOffset: 34,
          tickSize: 0,
          fill: palette.quiet,
        }),
        valueAxis(palette),
      ],
    },
    size,
    palette,
  );
  return {
    svg: drawn.svg,
    readings: state.bars.map((bar) => ({ x: drawn.x(name(bar)), y: drawn.y(bar.bestFocus), text: barText(bar) })),
  };
}

function barText(bar: DepthBar): string {
  const bands = bar.bands.map(
    (band) => `within ${band.criterion.toFixed(3)} mm from ${plain(band.near)} to ${plain(band.far)} mm`,
  );
  return `${fNumber(bar.fNumber)}: best focus ${depth(bar.bestFocus)}${bands.length ? `, ${bands.join(", ")}` : ""}`;
}

function tableOf(state: DepthState): Table {
  return {
    columns: ["f_number", "photo", "best_focus_mm", "low95", "high95", "criterion_mm", "near_mm", "far_mm"],
    rows: state.bars.flatMap((bar) =>
      bar.bands.map((band) => [
        bar.fNumber,
        bar.file,
        bar.bestFocus,
        bar.low,
        bar.high,
        band.criterion,
        band.near,
        band.far,
      ]),
    ),
  };
}
