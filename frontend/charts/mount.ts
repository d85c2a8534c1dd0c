/** Finds the places a page left for its charts (`data-chart="name"`) and fills them. The lazy entry: Plot comes with it. */

import { mountFigure } from "../components/figure";
import type { ComparePlot, LensPlot, LensVerdict, SeriesPayload } from "../lib/payloads";
import type { Chart } from "./chart";
import { compareChart } from "./compareChart";
import { copiesChart } from "./copiesChart";
import type { OwnCopy } from "./copiesChart";
import { depthOfFieldChart } from "./depthChart";
import { distanceChart } from "./distanceChart";
import { seriesShiftChart } from "./seriesChart";
import { creditLine, fileStem } from "./named";
import { shiftByFNumberChart } from "./shiftChart";
import { throughFocusChart } from "./throughFocusChart";

type Makers = Record<string, () => Chart>;

export function mountLensCharts(plot: LensPlot, verdict: LensVerdict | null): void {
  const { name, slug } = plot.lens;
  fill({
    "shift-by-f-number": () => shiftByFNumberChart(plot),
    "shift-by-distance": () => distanceChart(plot, verdict),
    ...(verdict === null ? {} : { copies: () => copiesChart(name, slug, verdict, ownCopies(plot, verdict)) }),
  });
}

/** The reader's own copy at the verdict's f-number, its distances together as the other copies' are. */
function ownCopies(plot: LensPlot, verdict: LensVerdict): OwnCopy[] {
  return (plot.own ?? []).flatMap(({ label, at_verdict: here }) =>
    here === undefined || verdict.f_number !== here.f_number ? [] : [{ label, ...here }],
  );
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
