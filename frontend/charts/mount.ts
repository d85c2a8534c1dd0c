/** Finds the places a page left for its charts (`data-chart="name"`) and fills them. The lazy entry: Plot comes with it. */

import { mountFigure } from "../components/figure";
import type { LensPlot, SeriesPayload } from "../lib/payloads";
import type { Chart } from "./chart";
import { depthOfFieldChart } from "./depthChart";
import { seriesShiftChart } from "./seriesChart";
import { shiftByDistanceChart, shiftByFNumberChart } from "./shiftChart";
import { throughFocusChart } from "./throughFocusChart";

type Makers = Record<string, () => Chart>;

export function mountLensCharts(plot: LensPlot): void {
  fill({
    "shift-by-f-number": () => shiftByFNumberChart(plot),
    "shift-by-distance": () => shiftByDistanceChart(plot),
  });
}

export function mountSeriesCharts({ result, name }: SeriesPayload): void {
  const stem = fileStem(name);
  fill({
    "series-shift": () => seriesShiftChart(result, stem),
    "through-focus": () => throughFocusChart(result, stem),
    "depth-of-field": () => depthOfFieldChart(result, stem),
  });
}

function fill(makers: Makers): void {
  for (const [name, make] of Object.entries(makers)) {
    for (const host of document.querySelectorAll<HTMLElement>(`[data-chart="${name}"]`)) mountFigure(host, make());
  }
}

/** "EF 50mm f/1.2L at 0.5 m" to "ef-50mm-f-1-2l-at-0-5-m": a name that every file system takes. */
export function fileStem(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "series"
  );
}
