/** The report of `lensdb measure --report`: the series page's reel and plots in one file that opens anywhere. */

import "../styles/report.css";
import { mountSeriesCharts } from "../charts/mount";
import { mountReel } from "../components/reel";
import { find, readJson } from "../lib/dom";
import type { SeriesPayload } from "../lib/payloads";

const payload = readJson<SeriesPayload>("series-result");
mountReel(find("[data-reel]"), payload);
mountSeriesCharts(payload);
