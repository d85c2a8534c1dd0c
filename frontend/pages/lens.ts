/** Lens page, and the page of one's own copy: the plots of its copies. */

import { readJson } from "../lib/dom";
import type { LensPlot, LensVerdict } from "../lib/payloads";

if (document.querySelector("[data-chart]")) {
  const { mountLensCharts } = await import("../charts/mount");
  mountLensCharts(readJson<LensPlot>("lens-plot"), readJson<LensVerdict | null>("lens-verdict"));
}
