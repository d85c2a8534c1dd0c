/** Compare page: the curves of its lenses in one plot. */

import { readJson } from "../lib/dom";
import type { ComparePlot } from "../lib/payloads";

const { mountCompareChart } = await import("../charts/mount");
mountCompareChart(readJson<ComparePlot>("compare-plot"));
