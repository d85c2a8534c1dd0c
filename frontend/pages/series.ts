/** Series page: its state while it waits, its reel and plots once it is measured. */

import { mountLive } from "../components/live";
import { mountReel } from "../components/reel";
import { readJson } from "../lib/dom";
import type { SeriesPayload } from "../lib/payloads";

const live = document.querySelector<HTMLElement>("[data-live]");
if (live) mountLive(live);

if (document.getElementById("series-result")) {
  const payload = readJson<SeriesPayload>("series-result");
  const reel = document.querySelector<HTMLElement>("[data-reel]");
  if (reel) mountReel(reel, payload);
  const { mountSeriesCharts } = await import("../charts/mount");
  mountSeriesCharts(payload);
}
