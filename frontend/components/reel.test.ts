import { beforeEach, describe, expect, it, vi } from "vitest";
import { seriesPayload } from "../fixtures/series";
import { mountReel } from "./reel";
import { caption, frameOfHash, overlay, pace, reduceReel, reelFrames, reelKey, startReel } from "./reelState";
import type { ReelFrame } from "./reelState";

const frames = reelFrames(seriesPayload());

describe("state", () => {
  it("orders frames wide to narrow and leaves out photos without pictures", () => {
    const payload = seriesPayload();
    payload.result.photos.reverse();
    delete payload.pictures["IMG_0004-crop.jpg"];
    expect(reelFrames(payload).map((frame) => frame.fNumber)).toEqual([1.2, 1.4, 2, 4, 5.6, 8, 11, 16]);
  });

  it("steps to the ends and no further, and stops any motion", () => {
    const playing = reduceReel(startReel(frames), { kind: "play" });
    expect(playing.motion).toBe("playing");
    expect(reduceReel(playing, { kind: "step", by: -1 })).toMatchObject({ current: 0, motion: "still" });
    expect(reduceReel(playing, { kind: "go", to: 99 })).toMatchObject({ current: 8, motion: "still" });
  });

  it("plays round and blinks between the two chosen", () => {
    let state = reduceReel(reduceReel(startReel(frames), { kind: "go", to: 8 }), { kind: "play" });
    expect(reduceReel(state, { kind: "tick" }).current).toBe(0);
    state = reduceReel(reduceReel(state, { kind: "pair", side: 1, to: 6 }), { kind: "blink" });
    const seen = [state.current];
    for (let i = 0; i < 3; i += 1) {
      state = reduceReel(state, { kind: "tick" });
      seen.push(state.current);
    }
    expect(seen).toEqual([0, 6, 0, 6]);
    expect(reduceReel(state, { kind: "blink" }).motion).toBe("still");
  });

  it("never changes faster than twice a second, slower when less motion is asked for", () => {
    for (const motion of ["playing", "blinking"] as const) {
      expect(pace(motion, false)).toBeGreaterThanOrEqual(500);
      expect(pace(motion, true)).toBeGreaterThan(pace(motion, false));
    }
  });

  it("leaves other keys to the browser", () => {
    expect(reelKey("Tab", 9)).toBeNull();
    expect(reelKey("End", 9)).toEqual({ kind: "go", to: 8 });
  });
});

describe("overlay", () => {
  const frame = frames[3] as ReelFrame;

  it("draws a depth at its row: behind is up in this picture", () => {
    const { focus, bands } = overlay(
      { ...frame, bestFocus: 6, dof: [{ criterion: 0.006, near: 0, far: 12 }] },
      frame.crop,
    );
    expect(focus).toBe(150);
    expect(bands).toEqual([{ criterion: 0.006, top: 0, bottom: 300 }]);
  });

  it("clips bands to the picture and draws no line outside it", () => {
    const { focus, bands } = overlay(
      { ...frame, bestFocus: 13, dof: [{ criterion: 0.03, near: -99, far: 99 }] },
      frame.crop,
    );
    expect(focus).toBeNull();
    expect(bands).toEqual([{ criterion: 0.03, top: 0, bottom: 600 }]);
  });

  it("says what it shows", () => {
    expect(caption({ ...frame, bestFocus: null, basis: null })).toBe("f/2.8: no best focus");
    expect(caption(frame)).toMatch(/^f\/2.8: best focus 1.\d mm behind \(measured\)$/);
    expect(frameOfHash("#f=2.8", frames)).toBe(3);
    expect(frameOfHash("#copies", frames)).toBeNull();
  });
});

describe("element", () => {
  let host: HTMLElement;

  beforeEach(() => {
    vi.useFakeTimers();
    document.body.innerHTML = "<div></div>";
    host = document.body.firstElementChild as HTMLElement;
    mountReel(host, seriesPayload());
    return () => vi.useRealTimers();
  });

  const shown = (): (string | null)[] =>
    [...host.querySelectorAll("img.shown")].map((image) => image.getAttribute("src"));
  const press = (key: string): void => {
    host.querySelector(".reel-stage")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  };

  it("shows chart and crop of one photo, and steps by key", () => {
    expect(shown()).toEqual(["/media/derived/demo/IMG_0001-chart.jpg", "/media/derived/demo/IMG_0001-crop.jpg"]);
    press("ArrowRight");
    expect(shown()[0]).toContain("IMG_0002");
    expect(host.querySelector(".reel-caption")?.textContent).toContain("f/1.4");
    expect(host.querySelector('.reel-stop[aria-pressed="true"]')?.textContent).toBe("f/1.4");
  });

  it("moves only when asked, and stops when asked", () => {
    vi.advanceTimersByTime(10_000);
    expect(shown()[0]).toContain("IMG_0001");
    press(" ");
    vi.advanceTimersByTime(pace("playing", false) * 2);
    expect(shown()[0]).toContain("IMG_0003");
    press("Escape");
    vi.advanceTimersByTime(10_000);
    expect(shown()[0]).toContain("IMG_0003");
  });

  it("sets no inline style attribute by markup", () => {
    expect(host.innerHTML).toContain("reel-overlay");
    for (const element of host.querySelectorAll("[style]")) expect(element.classList.contains("reel-box")).toBe(true);
  });

  it("says so when no pictures were kept", () => {
    mountReel(host, { ...seriesPayload(), pictures: {} });
    expect(host.textContent).toBe("No pictures were kept of this series.");
  });
});
