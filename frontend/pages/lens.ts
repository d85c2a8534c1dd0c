/** Lens page: the plots of its copies. */

import { readJson } from "../lib/dom";
import type { LensPlot } from "../lib/payloads";

if (document.querySelector("[data-chart]")) {
  const { mountLensCharts } = await import("../charts/mount");
  mountLensCharts(readJson<LensPlot>("lens-plot"));
}
