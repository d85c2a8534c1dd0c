/** A series that waits: asks for its state, tells it in words, and loads its page anew when there is something to see. */

import type { SeriesStatus } from "../lib/api";
import { find } from "../lib/dom";

const SLOWEST_S = 60;

/** What the owner reads while waiting. */
export function liveWords(status: SeriesStatus): string {
  if (status.state === "measuring") return "It is being measured now.";
  if (status.state !== "queued") return "";
  const place =
    status.position === null
      ? "It is in the queue"
      : status.position <= 1
        ? "It is next in the queue"
        : `It is number ${status.position} in the queue`;
  return `${place}${status.estimated_wait_s === null ? "" : `, about ${waitWords(status.estimated_wait_s)}`}.`;
}

export function waitWords(seconds: number): string {
  if (seconds < 60) return "a minute or less";
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} minute${minutes === 1 ? "" : "s"}`;
  return `${Math.round(minutes / 60)} hours`;
}

/** Has the series come to an end that its page can show? */
export function isSettled(status: SeriesStatus): boolean {
  return status.state === "measured" || status.state === "failed";
}

/** Seconds until the next question: what the server asked for; after failures twice as long each time. */
export function nextWait(retryAfter: string | null, failures: number): number {
  const asked = Number(retryAfter);
  const base = Number.isFinite(asked) && asked > 0 ? asked : 2;
  return Math.min(SLOWEST_S, base * 2 ** failures);
}

export function mountLive(host: HTMLElement): void {
  const words = find("[data-live-words]", host);
  const state = find("[data-live-state]", host);
  const url = host.dataset.live ?? "";
  let etag = "";
  let failures = 0;
  let timer: number | undefined;
  let asking = false;

  async function ask(): Promise<void> {
    // Coming back to the page asks at once; a question already under way is not asked twice.
    if (asking) return;
    asking = true;
    let retryAfter: string | null = null;
    try {
      const response = await fetch(url, {
        headers: { Accept: "application/json", ...(etag ? { "If-None-Match": etag } : {}) },
        cache: "no-store",
      });
      retryAfter = response.headers.get("Retry-After");
      if (!response.ok && response.status !== 304) throw new Error(`status ${response.status}`);
      failures = 0;
      if (response.status === 200) {
        etag = response.headers.get("ETag") ?? "";
        if (show((await response.json()) as SeriesStatus)) return;
      }
    } catch {
      // The next question comes later; the words on the page stay true.
      failures += 1;
    } finally {
      asking = false;
    }
    timer = window.setTimeout(() => void ask(), 1000 * nextWait(retryAfter, failures));
  }

  function show(status: SeriesStatus): boolean {
    if (isSettled(status)) {
      location.reload();
      return true;
    }
    state.textContent = status.state;
    words.textContent = liveWords(status);
    return false;
  }

  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(timer);
    if (!document.hidden) void ask();
  });
  void ask();
}
