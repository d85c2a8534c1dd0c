/** The frame around a chart: its choices, the picture, a line that reads values out, legend and downloads. */

import type { Chart, Choices, Control, View } from "../charts/chart";
import { DARK, LIGHT } from "../lib/colour";
import { freshId, h, on, s } from "../lib/dom";
import { CREDIT_HEIGHT, csv, png, save, svgText } from "../lib/download";
import { attachReader } from "./reader";

const EXPORT_WIDTH = 900;
/** A row of buttons stays readable up to here; beyond it a list is shorter. */
const MOST_BUTTONS = 4;

/** Fills `host` with the chart and keeps it right when the width or the colour scheme changes. */
export function mountFigure(host: HTMLElement, chart: Chart): void {
  const choices: Choices = Object.fromEntries(chart.controls.map((control) => [control.name, control.initial]));
  const picture = h("div", { class: "plot-picture", tabindex: 0, role: "group", "aria-roledescription": "plot" });
  const readout = h("output", { class: "plot-readout", "aria-live": "polite" });
  const legend = h("ul", { class: "plot-legend" });
  const credit = h("p", { class: "plot-credit" });
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const reader = attachReader(picture, readout);

  const controls = chart.controls
    .filter(({ options }) => options.length > 1)
    .map((control) => ({
      control,
      element: controlElement(control, (value) => choose(control, value)),
    }));

  function choose(control: Control, value: string): void {
    choices[control.name] = value;
    render();
  }

  function render(): void {
    const width = Math.floor(picture.clientWidth);
    if (width === 0) return;
    for (const { control, element } of controls) element.hidden = control.shownWhen?.(choices) === false;
    const view = chart.view(choices, { width, height: chart.height(width, choices) }, dark.matches ? DARK : LIGHT);
    picture.setAttribute("aria-label", chart.summary(choices));
    show(picture, view);
    reader.show(view);
    credit.replaceChildren(chart.credit(choices));
    legend.replaceChildren(
      ...chart
        .legend(choices)
        .map((item) => h("li", {}, h("span", { class: `key ${item.swatch}`, "aria-hidden": "true" }), item.label)),
    );
  }

  host.replaceChildren(
    h("div", { class: "plot-controls" }, ...controls.map(({ element }) => element)),
    picture,
    readout,
    h("div", { class: "plot-foot" }, legend, downloads(chart, choices)),
    credit,
  );
  dark.addEventListener("change", render);
  new ResizeObserver(onWidthChange(picture, render)).observe(picture);
  render();
}

/** Only a change of width redraws: the picture's own height changes with each drawing. */
function onWidthChange(element: HTMLElement, then: () => void): () => void {
  let last = element.clientWidth;
  return () => {
    if (element.clientWidth === last) return;
    last = element.clientWidth;
    then();
  };
}

function show(picture: HTMLElement, view: View): void {
  view.svg.setAttribute("aria-hidden", "true");
  view.svg.append(s("circle", { class: "plot-cursor", r: 9, visibility: "hidden" }));
  picture.replaceChildren(view.svg);
}

function controlElement(control: Control, choose: (value: string) => void): HTMLElement {
  if (control.options.length > MOST_BUTTONS) return listControl(control, choose);
  const group = freshId(control.name);
  return h(
    "fieldset",
    { class: "choice" },
    h("legend", {}, control.legend),
    ...control.options.map((option) => {
      const input = h("input", {
        type: "radio",
        name: group,
        value: option.value,
        checked: option.value === control.initial,
      });
      return h("label", {}, on(input, { change: () => choose(option.value) }), h("span", {}, option.label));
    }),
  );
}

function listControl(control: Control, choose: (value: string) => void): HTMLElement {
  const id = freshId(control.name);
  const select = h(
    "select",
    { id },
    ...control.options.map((option) =>
      h("option", { value: option.value, selected: option.value === control.initial }, option.label),
    ),
  );
  return h(
    "div",
    { class: "choice" },
    h("label", { for: id }, control.legend),
    on(select, { change: () => choose(select.value) }),
  );
}

function downloads(chart: Chart, choices: Choices): HTMLElement {
  const picture = (): { text: string; height: number } => {
    const height = chart.height(EXPORT_WIDTH, choices);
    const { svg } = chart.view(choices, { width: EXPORT_WIDTH, height }, LIGHT);
    return { text: svgText(svg, LIGHT, chart.credit(choices)), height: height + CREDIT_HEIGHT };
  };
  const button = (label: string, act: () => void): HTMLElement =>
    on(h("button", { type: "button", class: "link", "aria-label": `Download ${chart.fileName} as ${label}` }, label), {
      click: act,
    });
  return h(
    "p",
    { class: "plot-downloads" },
    "Download ",
    button("CSV", () => save(new Blob([csv(chart.table(choices))], { type: "text/csv" }), `${chart.fileName}.csv`)),
    " ",
    button("SVG", () => save(new Blob([picture().text], { type: "image/svg+xml" }), `${chart.fileName}.svg`)),
    " ",
    button("PNG", () => {
      const { text, height } = picture();
      void png(text, EXPORT_WIDTH, height).then((blob) => save(blob, `${chart.fileName}.png`));
    }),
  );
}
