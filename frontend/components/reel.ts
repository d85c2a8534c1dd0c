/** The aperture reel: whole chart and 100 % crop side by side, stepping, playing or blinking through the f-numbers. */

import { DARK, LIGHT, fNumberColour } from "../lib/colour";
import { freshId, h, on, s } from "../lib/dom";
import { fNumber } from "../lib/format";
import type { SeriesPayload } from "../lib/payloads";
import { caption, frameOfHash, overlay, pace, reduceReel, reelFrames, reelKey, startReel } from "./reelState";
import type { FramePicture, ReelAction, ReelFrame, ReelState } from "./reelState";

/** Fills `host` with the reel; without pictures it says so. */
export function mountReel(host: HTMLElement, payload: SeriesPayload): void {
  const frames = reelFrames(payload);
  if (frames.length === 0) {
    host.replaceChildren(h("p", { class: "quiet" }, "No pictures were kept of this series."));
    return;
  }
  let state = startReel(frames);
  let timer: number | undefined;
  const reduced = window.matchMedia("(prefers-reduced-motion: reduce)");

  const dispatch = (action: ReelAction): void => {
    state = reduceReel(state, action);
    window.clearInterval(timer);
    if (state.motion !== "still")
      timer = window.setInterval(() => dispatch({ kind: "tick" }), pace(state.motion, reduced.matches));
    view.show(state);
  };
  const view = buildReel(frames, state, dispatch);
  host.replaceChildren(view.element);

  const named = frameOfHash(location.hash, frames);
  if (named !== null) dispatch({ kind: "go", to: named });
  else view.show(state);
  view.centre();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) dispatch({ kind: "stop" });
  });
}

interface ReelView {
  element: HTMLElement;
  show(state: ReelState): void;
  centre(): void;
}

function buildReel(frames: ReelFrame[], initial: ReelState, dispatch: (action: ReelAction) => void): ReelView {
  const whole = pane(frames, (frame) => frame.chart, "Whole chart", false);
  const crop = pane(frames, (frame) => frame.crop, "Middle of the chart at 100 %", true);
  const words = h("p", { class: "reel-caption", "aria-live": "polite" });
  const stops = stopRow(frames, dispatch);
  const controls = controlRow(frames, initial, dispatch);
  const lines = h("input", { type: "checkbox", checked: true, id: freshId("lines") });
  on(lines, { change: () => stage.classList.toggle("reel-bare", !lines.checked) });
  const toggle = h(
    "div",
    { class: "option" },
    lines,
    h("label", { for: lines.id }, "Draw best focus and depth of field"),
  );
  const side = h("div", {}, whole.element, words, controls.element, toggle, overlayKey(frames));
  const label = "Aperture reel. Arrow keys step, space plays, B blinks two f-numbers.";
  const stage = h("div", { class: "reel-stage", tabindex: 0, role: "group", "aria-label": label }, side, crop.element);
  on(stage, { keydown: (event) => keyPressed(event, frames.length, dispatch) });
  const element = h("div", { class: "reel" }, stops.element, stage);

  return {
    element,
    show(state) {
      const frame = frames[state.current] as ReelFrame;
      whole.show(state.current);
      crop.show(state.current);
      words.textContent = caption(frame);
      // While it runs, a screen reader is spared the running commentary.
      words.setAttribute("aria-live", state.motion === "still" ? "polite" : "off");
      stops.show(state.current);
      controls.show(state);
    },
    centre: () => crop.centre(),
  };
}

function keyPressed(event: KeyboardEvent, count: number, dispatch: (action: ReelAction) => void): void {
  const target = event.target as HTMLElement;
  const inField = target.closest("select, input") !== null;
  const pressesButton = event.key === " " && target.closest("button") !== null;
  if (inField || pressesButton || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = reelKey(event.key, count);
  if (!action) return;
  event.preventDefault();
  dispatch(action);
}

function overlayKey(frames: readonly ReelFrame[]): HTMLElement {
  const sizes = frames.flatMap((frame) => frame.dof.map((band) => band.criterion));
  const [pixel, print] = [Math.min(...sizes), Math.max(...sizes)].map((size) => size.toFixed(3));
  return h(
    "ul",
    { class: "plot-legend reel-key" },
    h("li", {}, h("span", { class: "key reel-key-focus", "aria-hidden": "true" }), "best focus"),
    h("li", {}, h("span", { class: "key reel-key-pixel", "aria-hidden": "true" }), `sharp to one pixel (${pixel} mm)`),
    h("li", {}, h("span", { class: "key reel-key-print", "aria-hidden": "true" }), `sharp in a print (${print} mm)`),
  );
}

interface Pane {
  element: HTMLElement;
  show(index: number): void;
  centre(): void;
}

function pane(frames: ReelFrame[], of: (frame: ReelFrame) => FramePicture, label: string, trueSize: boolean): Pane {
  // All pictures lie on one another and one is visible, so that blinking never waits for decoding.
  const images = frames.map((frame) =>
    h("img", {
      src: of(frame).url,
      alt: `${label} at ${fNumber(frame.fNumber)}`,
      decoding: "async",
      draggable: "false",
    }),
  );
  const drawing = s("svg", { class: "reel-overlay", "aria-hidden": "true" });
  const box = h("div", { class: "reel-box" }, ...images, drawing);
  const window_ = h("div", { class: trueSize ? "reel-window reel-true" : "reel-window" }, box);
  const element = h("figure", { class: "reel-pane" }, window_, h("figcaption", {}, label));
  return {
    element,
    show(index) {
      const frame = frames[index] as ReelFrame;
      const picture = of(frame);
      box.style.aspectRatio = `${picture.width} / ${picture.height}`;
      if (trueSize) box.style.width = `${picture.width}px`;
      images.forEach((image, at) => image.classList.toggle("shown", at === index));
      images.forEach((image, at) => image.setAttribute("aria-hidden", String(at !== index)));
      drawing.replaceChildren(...overlayMarks(frame, picture));
    },
    centre() {
      window_.scrollLeft = (window_.scrollWidth - window_.clientWidth) / 2;
      window_.scrollTop = (window_.scrollHeight - window_.clientHeight) / 2;
    },
  };
}

function overlayMarks(frame: ReelFrame, picture: FramePicture): SVGElement[] {
  const { focus, bands } = overlay(frame, picture);
  const colour = fNumberColour(frame.fNumber, DARK);
  const share = (row: number): string => `${((100 * row) / picture.height).toFixed(3)}%`;
  const marks: SVGElement[] = [];
  // The strict band is the broad bar, drawn over the thin one of the loose criterion.
  const strict = Math.min(...bands.map((band) => band.criterion));
  for (const { criterion, top, bottom } of [...bands].sort((a, b) => b.criterion - a.criterion)) {
    const size = criterion === strict ? 10 : 5;
    const bar = {
      y: share(top),
      height: share(bottom - top),
      width: size,
      fill: colour,
      stroke: "#000",
      "stroke-opacity": 0.6,
    };
    marks.push(
      s("rect", { ...bar, x: 0 }),
      s("svg", { x: "100%", overflow: "visible" }, s("rect", { ...bar, x: -size })),
    );
  }
  if (focus !== null) {
    const line = { x1: 0, x2: "100%", y1: share(focus), y2: share(focus) };
    marks.push(
      s("line", { ...line, stroke: "#000", "stroke-width": 4, "stroke-opacity": 0.55 }),
      s("line", { ...line, stroke: "#fff", "stroke-width": 1.5 }),
    );
  }
  return marks;
}

function stopRow(
  frames: ReelFrame[],
  dispatch: (action: ReelAction) => void,
): { element: HTMLElement; show(current: number): void } {
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const buttons = frames.map((frame, index) => {
    const mark = s("svg", {
      class: "reel-stop-mark",
      "aria-hidden": "true",
      viewBox: "0 0 10 3",
      preserveAspectRatio: "none",
    });
    mark.append(s("rect", { width: 10, height: 3, fill: fNumberColour(frame.fNumber, dark ? DARK : LIGHT) }));
    return on(
      h("button", { type: "button", class: "reel-stop", "aria-pressed": "false" }, fNumber(frame.fNumber), mark),
      {
        click: () => {
          dispatch({ kind: "go", to: index });
          history.replaceState(null, "", `#f=${frame.fNumber}`);
        },
      },
    );
  });
  return {
    element: h("div", { class: "reel-stops", role: "group", "aria-label": "f-number shown" }, ...buttons),
    show: (current) =>
      buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index === current))),
  };
}

function controlRow(
  frames: ReelFrame[],
  initial: ReelState,
  dispatch: (action: ReelAction) => void,
): { element: HTMLElement; show(state: ReelState): void } {
  const button = (label: string, action: ReelAction): HTMLButtonElement =>
    on(h("button", { type: "button" }, label), { click: () => dispatch(action) });
  const play = button("Play", { kind: "play" });
  const blink = button("Blink", { kind: "blink" });
  const pair = (side: 0 | 1, label: string): HTMLElement => {
    const id = freshId("blink");
    const select = h(
      "select",
      { id },
      ...frames.map((frame, index) =>
        h("option", { value: index, selected: index === initial.blink[side] }, fNumber(frame.fNumber)),
      ),
    );
    return h(
      "span",
      { class: "reel-pair" },
      h("label", { for: id }, label),
      on(select, { change: () => dispatch({ kind: "pair", side, to: Number(select.value) }) }),
    );
  };
  const element = h(
    "div",
    { class: "reel-controls" },
    h(
      "div",
      { class: "reel-group" },
      button("Previous", { kind: "step", by: -1 }),
      play,
      button("Next", { kind: "step", by: 1 }),
    ),
    h("div", { class: "reel-group" }, blink, pair(0, "between"), pair(1, "and")),
  );
  return {
    element,
    show(state) {
      play.textContent = state.motion === "playing" ? "Pause" : "Play";
      blink.textContent = state.motion === "blinking" ? "Stop" : "Blink";
      blink.setAttribute("aria-pressed", String(state.motion === "blinking"));
    },
  };
}
