/** Reads single values of a plot: the nearest under the pointer, or one after the other with the arrow keys. */

import type { Reading, View } from "../charts/chart";

/** Pixels beyond which the pointer means nothing in particular. */
const REACH = 40;

export interface Reader {
  /** Takes the readings of a new drawing; the place in the list is kept. */
  show(view: View): void;
}

export function nearestReading(readings: readonly Reading[], x: number, y: number): number {
  let best = -1;
  let least = REACH;
  readings.forEach((reading, index) => {
    const away = Math.hypot(reading.x - x, reading.y - y);
    if (away < least) [best, least] = [index, away];
  });
  return best;
}

/** The next place for a key, or null when the key is not ours. */
export function keyMove(key: string, current: number, count: number): number | null {
  if (count === 0) return null;
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return Math.min(current + 1, count - 1);
    case "ArrowLeft":
    case "ArrowUp":
      return Math.max(current - 1, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    case "Escape":
      return -1;
    default:
      return null;
  }
}

export function attachReader(picture: HTMLElement, readout: HTMLOutputElement): Reader {
  let view: View | null = null;
  let current = -1;

  function point(index: number): void {
    current = index;
    const reading = view?.readings[index];
    const cursor = view?.svg.querySelector<SVGCircleElement>(".plot-cursor");
    readout.textContent = reading?.text ?? "";
    cursor?.setAttribute("visibility", reading ? "visible" : "hidden");
    if (reading) {
      cursor?.setAttribute("cx", String(reading.x));
      cursor?.setAttribute("cy", String(reading.y));
    }
  }

  picture.addEventListener("pointermove", (event) => {
    if (!view) return;
    const box = view.svg.getBoundingClientRect();
    const scale = view.svg.viewBox.baseVal.width / box.width;
    point(nearestReading(view.readings, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale));
  });
  picture.addEventListener("pointerleave", () => point(-1));
  picture.addEventListener("keydown", (event) => {
    const next = keyMove(event.key, current, view?.readings.length ?? 0);
    if (next === null) return;
    event.preventDefault();
    point(next);
  });
  picture.addEventListener("blur", () => point(-1));

  return {
    show(next) {
      view = next;
      point(Math.min(current, next.readings.length - 1));
    },
  };
}
