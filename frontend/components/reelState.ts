/** The aperture reel without pixels: which photo is shown, what is drawn on it, what the keys do. */

import { depth, fNumber } from "../lib/format";
import { interpolate } from "../lib/optics";
import type { Basis, DepthRow, Maybe, SeriesPayload } from "../lib/payloads";

export interface ReelFrame {
  file: string;
  fNumber: number;
  bestFocus: Maybe;
  basis: Basis | null;
  flags: string[];
  dof: { criterion: number; near: number; far: number }[];
  chart: FramePicture;
  crop: FramePicture;
}

export interface FramePicture {
  url: string;
  width: number;
  height: number;
  depthRows: DepthRow[];
}

export type Motion = "still" | "playing" | "blinking";

export interface ReelState {
  frames: ReelFrame[];
  current: number;
  /** The two frames that blink. */
  blink: [number, number];
  motion: Motion;
}

export type ReelAction =
  | { kind: "go"; to: number }
  | { kind: "step"; by: number }
  | { kind: "play" }
  | { kind: "blink" }
  | { kind: "pair"; side: 0 | 1; to: number }
  | { kind: "stop" }
  | { kind: "tick" };

/** Photos with both pictures, wide to narrow; repeats stay in the order they were taken. */
export function reelFrames({ result, pictures }: SeriesPayload): ReelFrame[] {
  return result.photos
    .flatMap((photo) => {
      const { reel, f_number: n } = photo;
      const chartUrl = reel && pictures[reel.chart_name];
      const cropUrl = reel && pictures[reel.crop_name];
      if (!reel || n === null || !chartUrl || !cropUrl) return [];
      return {
        file: photo.file,
        fNumber: n,
        bestFocus: photo.best_focus_mm,
        basis: photo.basis,
        flags: photo.flags,
        dof: photo.dof.flatMap((d) =>
          d.near_mm === null || d.far_mm === null ? [] : { criterion: d.criterion_mm, near: d.near_mm, far: d.far_mm },
        ),
        chart: {
          url: chartUrl,
          width: reel.chart_width_px,
          height: reel.chart_height_px,
          depthRows: reel.chart_depth_rows,
        },
        crop: { url: cropUrl, width: reel.crop_width_px, height: reel.crop_height_px, depthRows: reel.crop_depth_rows },
      };
    })
    .sort((a, b) => a.fNumber - b.fNumber);
}

export function startReel(frames: ReelFrame[]): ReelState {
  return {
    frames,
    current: 0,
    blink: [
      0,
      Math.max(
        0,
        frames.findIndex((frame) => frame.fNumber >= 2.8),
      ),
    ],
    motion: "still",
  };
}

/** The next state; a step or a choice by hand ends any motion. */
export function reduceReel(state: ReelState, action: ReelAction): ReelState {
  const last = state.frames.length - 1;
  const inside = (index: number): number => Math.min(last, Math.max(0, index));
  switch (action.kind) {
    case "go":
      return { ...state, current: inside(action.to), motion: "still" };
    case "step":
      return { ...state, current: inside(state.current + action.by), motion: "still" };
    case "play":
      return state.motion === "playing" ? { ...state, motion: "still" } : { ...state, motion: "playing" };
    case "blink":
      return state.motion === "blinking"
        ? { ...state, motion: "still" }
        : { ...state, motion: "blinking", current: state.blink[0] };
    case "pair": {
      const blink: [number, number] = [...state.blink];
      blink[action.side] = inside(action.to);
      return { ...state, blink, current: blink[action.side] };
    }
    case "stop":
      return { ...state, motion: "still" };
    case "tick":
      return ticked(state);
  }
}

function ticked(state: ReelState): ReelState {
  if (state.motion === "playing") return { ...state, current: (state.current + 1) % state.frames.length };
  if (state.motion === "blinking")
    return { ...state, current: state.current === state.blink[0] ? state.blink[1] : state.blink[0] };
  return state;
}

/** What a key means, or null when it is not ours. */
export function reelKey(key: string, count: number): ReelAction | null {
  switch (key) {
    case "ArrowRight":
      return { kind: "step", by: 1 };
    case "ArrowLeft":
      return { kind: "step", by: -1 };
    case "Home":
      return { kind: "go", to: 0 };
    case "End":
      return { kind: "go", to: count - 1 };
    case " ":
    case "p":
      return { kind: "play" };
    case "b":
      return { kind: "blink" };
    case "Escape":
      return { kind: "stop" };
    default:
      return null;
  }
}

/** Milliseconds a frame stays: never more than two changes a second, slower for those who ask for less motion. */
export function pace(motion: Motion, reduced: boolean): number {
  if (motion === "blinking") return reduced ? 1600 : 700;
  return reduced ? 2400 : 1100;
}

export interface Overlay {
  /** Row of best focus in the picture, null when there is none or it lies outside. */
  focus: Maybe;
  /** Rows between which the criterion holds, clipped to the picture. */
  bands: { criterion: number; top: number; bottom: number }[];
}

/** Where best focus and depth of field lie on a picture. */
export function overlay(frame: ReelFrame, picture: FramePicture): Overlay {
  const rows = picture.depthRows.map(([row, at]) => [at, row] as const);
  if (rows.length < 2) return { focus: null, bands: [] };
  const clip = (row: number): number => Math.min(picture.height, Math.max(0, row));
  const focus = frame.bestFocus === null ? null : interpolate(rows, frame.bestFocus);
  const bands = frame.dof.map(({ criterion, near, far }) => {
    const [top, bottom] = [clip(interpolate(rows, near)), clip(interpolate(rows, far))].sort((a, b) => a - b) as [
      number,
      number,
    ];
    return { criterion, top, bottom };
  });
  return {
    focus: focus !== null && focus >= 0 && focus <= picture.height ? focus : null,
    bands: bands.filter((b) => b.bottom > b.top),
  };
}

/** "f/2.8: best focus 1.9 mm behind (measured)". */
export function caption(frame: ReelFrame): string {
  const focus = frame.bestFocus === null ? "no best focus" : `best focus ${depth(frame.bestFocus)}`;
  return `${fNumber(frame.fNumber)}: ${focus}${frame.basis ? ` (${frame.basis})` : ""}`;
}

/** The frame an address names ("#f=2.8"), or null. */
export function frameOfHash(hash: string, frames: readonly ReelFrame[]): number | null {
  const wanted = Number(/^#f=([\d.]+)$/.exec(hash)?.[1]);
  const index = frames.findIndex((frame) => Math.abs(frame.fNumber - wanted) < 0.05);
  return index === -1 ? null : index;
}
