/** Finds the places a page left for its charts (`data-chart="name"`) and fills them. The lazy entry: Plot comes with it. */

import { mountFigure } from "../components/figure";
import type { ComparePlot, LensPlot, SeriesPayload } from "../lib/payloads";
import type { Chart } from "./chart";
import { compareChart } from "./compareChart";
import { depthOfFieldChart } from "./depthChart";
import { seriesShiftChart } from "./seriesChart";
import { creditLine, fileStem } from "./named";
import { shiftByDistanceChart, shiftByFNumberChart } from "./shiftChart";
import { throughFocusChart } from "./throughFocusChart";

type Makers = Record<string, () => Chart>;

export function mountLensCharts(plot: LensPlot): void {
  fill({
    "shift-by-f-number": () => shiftByFNumberChart(plot),
    "shift-by-distance": () => shiftByDistanceChart(plot),
  });
}

export function mountCompareChart(plot: ComparePlot): void {
  fill({ compare: () => compareChart(plot) });
}

export function mountSeriesCharts({ result, name, simulated, measured_at }: SeriesPayload): void {
  const origin = { analysis_version: result.analysis_version, simulated, updated_at: measured_at };
  const named = { stem: fileStem(name), credit: creditLine(name, origin, "one series") };
  fill({
    "series-shift": () => seriesShiftChart(result, named),
    "through-focus": () => throughFocusChart(result, named),
    "depth-of-field": () => depthOfFieldChart(result, named),
  });
}

function fill(makers: Makers): void {
  for (const [name, make] of Object.entries(makers)) {
    for (const host of document.querySelectorAll<HTMLElement>(`[data-chart="${name}"]`)) mountFigure(host, make());
  }
}
