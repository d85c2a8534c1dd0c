/** What is known of the series and what is still asked. A question whose answer came from the photos is not asked. */

import type { Api, BodyHit, LensHit, OwnCopy } from "../lib/api";
import { freshId, h, on } from "../lib/dom";
import { picker } from "./picker";
import type { Answers } from "./submission";

export interface Choice {
  value: string;
  label: string;
}

export interface SubmitOptions {
  charts: Choice[];
  focusing: Choice[];
}

export interface Questions {
  element: HTMLElement;
  /** Shows what is known now; fields that are being typed in are left alone. */
  show(answers: Answers, copies: readonly OwnCopy[]): void;
}

export function questions(api: Api, options: SubmitOptions, change: (part: Partial<Answers>) => void): Questions {
  const lens = catalogueQuestion<LensHit>(
    "Lens",
    "The photos do not say which lens it was. Type its name: “canon 50 1.2”.",
    (q) => api.lenses(q),
    (hit) => change({ lens: hit, copy: "" }),
    () => change({ lens: null, copy: "" }),
  );
  const body = catalogueQuestion<BodyHit>(
    "Camera body",
    "The photos do not say which body it was. Type its name.",
    (q) => api.bodies(q),
    (hit) => change({ body: hit }),
    () => change({ body: null }),
  );
  const copy = copyQuestion(change);
  const scene = sceneQuestions(options, change);
  const fields = h(
    "fieldset",
    { class: "questions" },
    h("legend", { class: "visually-hidden" }, "About this series"),
    lens.element,
    body.element,
    copy.element,
    scene.element,
  );
  return {
    element: fields,
    show(answers, copies) {
      lens.show(answers.lens);
      body.show(answers.body);
      scene.show(answers);
      copy.show(
        answers,
        copies.filter((own) => own.lens.slug === answers.lens?.slug),
      );
    },
  };
}

interface CatalogueQuestion<T> {
  element: HTMLElement;
  show(hit: T | null): void;
}

function catalogueQuestion<T extends { name: string }>(
  label: string,
  help: string,
  search: (query: string) => Promise<T[]>,
  pick: (hit: T) => void,
  forget: () => void,
): CatalogueQuestion<T> {
  const name = h("strong");
  const other = on(h("button", { type: "button", class: "link" }, "change"), {
    click: () => {
      forget();
      field.focus();
    },
  });
  const known = h("p", { class: "known" }, h("span", { class: "quiet" }, `${label} `), name, " ", other);
  const field = picker<T>(label, help, search, (hit) => hit.name, pick);
  const element = h("div", {}, known, field.element);
  return {
    element,
    show(hit) {
      known.hidden = hit === null;
      field.element.hidden = hit !== null;
      name.textContent = hit?.name ?? "";
    },
  };
}

function copyQuestion(change: (part: Partial<Answers>) => void): {
  element: HTMLElement;
  show(answers: Answers, copies: readonly OwnCopy[]): void;
} {
  const list = h("div");
  const label = textField("What you call it", "Only you see it: “my first one”.", (value) =>
    change({ newCopyLabel: value }),
  );
  const serialField = textField(
    "Serial number",
    "Never shown: it only joins series of the same lens. May stay empty.",
    (value) => change({ newCopySerial: value }),
  );
  const fresh = h("div", { class: "nested" }, label.element, serialField.element);
  const element = h("fieldset", { class: "field" }, h("legend", {}, "Which copy of the lens?"), list, fresh);
  const group = freshId("copy");
  let drawn = "";
  return {
    element,
    show(answers, copies) {
      element.hidden = answers.lens === null;
      fresh.hidden = answers.copy !== "new";
      serialField.fill(answers.newCopySerial);
      const options = [
        ...copies.map((own) => ({ value: own.public_id, label: copyName(own) })),
        { value: "new", label: copies.length ? "another copy" : "my copy" },
      ];
      // Drawing anew would take the focus out of the choice that was just made.
      if (JSON.stringify(options) !== drawn) {
        drawn = JSON.stringify(options);
        list.replaceChildren(...options.map((option) => radio(group, option, (value) => change({ copy: value }))));
      }
      for (const input of list.querySelectorAll("input")) input.checked = input.value === answers.copy;
    },
  };
}

export function copyName(own: OwnCopy): string {
  const tail = own.serial_tail ? `serial …${own.serial_tail}` : "no serial";
  return own.label ? `${own.label} (${tail})` : `copy with ${tail}`;
}

function radio(group: string, option: Choice, pick: (value: string) => void): HTMLElement {
  const id = freshId("option");
  const input = on(h("input", { type: "radio", name: group, id, value: option.value }), {
    change: () => pick(option.value),
  });
  return h("div", { class: "option" }, input, h("label", { for: id }, option.label));
}

function sceneQuestions(
  options: SubmitOptions,
  change: (part: Partial<Answers>) => void,
): { element: HTMLElement; show(answers: Answers): void } {
  const distance = textField(
    "Distance",
    "From the mark on the camera to the chart's centre line: “0.5 m” or “50 cm”. The chart gives it too; yours checks it.",
    (value) => change({ distanceM: value }),
  );
  const chart = selectField("Chart", options.charts, "auto", (value) => change({ chart: value }));
  const focusing = selectField("How focus was set", options.focusing, "", (value) => change({ focusingMethod: value }));
  const adjust = textField(
    "AF micro-adjust",
    "In the camera's own steps, 0 when it was off. Empty when you do not know.",
    (value) => change({ afMicroAdjust: value }),
    { type: "number", min: -50, max: 50, step: 1 },
  );
  const noteId = freshId("note");
  const note = h("textarea", { id: noteId, rows: 3, maxlength: 2000 });
  on(note, { input: () => change({ note: note.value }) });
  const element = h(
    "div",
    {},
    distance.element,
    chart,
    h(
      "details",
      { class: "more" },
      h("summary", {}, "More about this series"),
      focusing,
      adjust.element,
      h("div", { class: "field" }, h("label", { for: noteId }, "Note"), note),
    ),
  );
  return { element, show: (answers) => distance.fill(answers.distanceM) };
}

function textField(
  label: string,
  help: string,
  input: (value: string) => void,
  attributes: Record<string, string | number> = {},
): { element: HTMLElement; fill(value: string): void } {
  const id = freshId("field");
  const field = h("input", { id, type: "text", autocomplete: "off", "aria-describedby": `${id}-help`, ...attributes });
  on(field, { input: () => input(field.value) });
  return {
    element: h(
      "div",
      { class: "field" },
      h("label", { for: id }, label),
      field,
      h("p", { class: "help", id: `${id}-help` }, help),
    ),
    fill: (value) => {
      if (document.activeElement !== field) field.value = value;
    },
  };
}

function selectField(
  label: string,
  options: readonly Choice[],
  initial: string,
  pick: (value: string) => void,
): HTMLElement {
  const id = freshId("field");
  const select = h(
    "select",
    { id },
    ...options.map((option) => h("option", { value: option.value, selected: option.value === initial }, option.label)),
  );
  on(select, { change: () => pick(select.value) });
  return h("div", { class: "field" }, h("label", { for: id }, label), select);
}
