/** Development only (`npm run dev`): every chart and the reel on sample data, without a server behind it. */

import { depthOfFieldChart } from "../charts/depthChart";
import { seriesShiftChart } from "../charts/seriesChart";
import { compareChart } from "../charts/compareChart";
import { copiesChart } from "../charts/copiesChart";
import { distanceChart } from "../charts/distanceChart";
import { shiftByFNumberChart } from "../charts/shiftChart";
import { throughFocusChart } from "../charts/throughFocusChart";
import type { Chart } from "../charts/chart";
import { mountFigure } from "../components/figure";
import { comparePlot, lensPlot, lensVerdict } from "../fixtures/lens";
import { seriesResult } from "../fixtures/series";
import { find, h } from "../lib/dom";

const lens = lensPlot();
const verdict = lensVerdict(lens);
const series = seriesResult();
const shown: [string, Chart][] = [
  ["Shift against f-number, five copies", shiftByFNumberChart(lens)],
  ["Shift against distance", distanceChart(lens, verdict)],
  ["Copies", copiesChart(lens.lens.name, lens.lens.slug, verdict)],
  ["Two lenses", compareChart(comparePlot())],
  ["Shift against f-number, one copy", shiftByFNumberChart(lensPlot([22]))],
  ["One series", seriesShiftChart(series, { stem: "series", credit: "sample" })],
  ["Through focus", throughFocusChart(series, { stem: "series", credit: "sample" })],
  ["Depth of field", depthOfFieldChart(series, { stem: "series", credit: "sample" })],
];

const gallery = find("#gallery");
for (const [title, chart] of shown) {
  const host = h("div", { class: "plot" });
  gallery.append(h("section", { class: "panel" }, h("h2", {}, title), host));
  mountFigure(host, chart);
}
