/** Finds the places a page left for its charts (`data-chart="name"`) and fills them. The lazy entry: Plot comes with it. */

import { mountFigure } from "../components/figure";
import type { LensPlot, SeriesPayload } from "../lib/payloads";
import type { Chart } from "./chart";
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

export function mountSeriesCharts({ result, name, simulated }: SeriesPayload): void {
  const named = { stem: fileStem(name), credit: creditLine(name, result.analysis_version, simulated) };
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
