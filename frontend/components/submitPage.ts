/** The submit page as a whole: the model, and the parts that show it. */

import { Api } from "../lib/api";
import { h, on } from "../lib/dom";
import { count } from "../lib/format";
import { dropZone } from "./dropZone";
import { photoTable } from "./photoTable";
import { questions } from "./questions";
import type { SubmitOptions } from "./questions";
import { isBlocked, openQuestions, spreadFNumbers } from "./submission";
import type { Limits, Remark } from "./submission";
import { SubmitModel } from "./submitModel";

export function mountSubmit(host: HTMLElement, options: SubmitOptions & Limits): void {
  const api = new Api(host.dataset.api ?? "/api/v1/", host.dataset.csrf ?? "");
  const model: SubmitModel = new SubmitModel(api, options, () => show());
  const drop = dropZone((files) => void model.take(files));
  const table = photoTable((key) => model.fileOf(key), {
    leaveOut: (key) => model.leaveOut([key]),
    giveFNumber: (key, value) => model.giveFNumbers(new Map([[key, value]])),
  });
  const list = h("ul", { class: "remarks", "aria-live": "polite" });
  const spread = spreadField((text) => model.giveFNumbers(spreadFNumbers(model.photos, text)));
  const ask = questions(api, options, (part) => model.answer(part));
  const about = h("section", { class: "panel", hidden: true }, h("h2", {}, "About the series"), ask.element);
  const end = endSection(model);
  host.replaceChildren(drop, list, spread, table.element, about, end.element);

  function show(): void {
    const found = model.remarks;
    const begun = model.phase !== "choosing";
    drop.hidden = begun;
    list.replaceChildren(...found.map((remark) => remarkItem(remark, (keys) => model.leaveOut(keys))));
    spread.hidden = begun || !model.photos.some(hasNoFNumber);
    table.show(model.photos, found, begun);
    about.hidden = begun || model.photos.length === 0;
    ask.show(model.answers, model.copies);
    end.show(found);
  }

  window.addEventListener("beforeunload", (event) => {
    if (model.phase === "sending") event.preventDefault();
  });
  void model.loadCopies();
}

function hasNoFNumber(photo: SubmitModel["photos"][number]): boolean {
  return photo.facts !== null && photo.facts !== "unreadable" && photo.facts.fNumber === null;
}

function remarkItem(remark: Remark, leaveOut: (keys: readonly number[]) => void): HTMLElement {
  const label = remark.photos.length === 1 ? "leave it out" : "leave them out";
  const settle = h("button", { type: "button", class: "link" }, label);
  on(settle, { click: () => leaveOut(remark.photos) });
  const tone = remark.level === "stop" ? "note-bad" : "note-warn";
  return h("li", { class: `note ${tone}` }, remark.text, " ", remark.canLeaveOut ? settle : null);
}

function spreadField(apply: (text: string) => void): HTMLElement {
  const input = h("input", { id: "spread", type: "text", inputmode: "decimal", "aria-describedby": "spread-help" });
  on(input, { input: () => apply(input.value) });
  const help = "In file order, for photos whose lens writes none: 1.2 1.4 2 2.8";
  return h(
    "div",
    { class: "field", hidden: true },
    h("label", { for: "spread" }, "f-numbers"),
    input,
    h("p", { class: "help", id: "spread-help" }, help),
  );
}

function endSection(model: SubmitModel): { element: HTMLElement; show(found: readonly Remark[]): void } {
  const button = h("button", { type: "button", class: "button-primary" });
  const hint = h("p", { class: "quiet", role: "status" });
  const trouble = h("p", { class: "note note-bad", role: "alert", hidden: true });
  const element = h("section", { hidden: true }, trouble, h("div", { class: "actions" }, button, hint));
  on(button, {
    click: () =>
      void model.send().then((url) => {
        if (url) location.assign(url);
      }),
  });
  return {
    element,
    show(found) {
      element.hidden = model.photos.length === 0;
      trouble.hidden = model.trouble === "";
      trouble.textContent = model.trouble;
      const stands = standsInTheWay(model, found);
      button.disabled = model.phase === "sending" || stands !== "";
      button.textContent = buttonText(model);
      hint.textContent = stands || hintText(model);
    },
  };
}

/** Why it cannot be sent yet, or nothing. */
export function standsInTheWay(model: SubmitModel, found: readonly Remark[]): string {
  if (model.isReading) return "Reading the photos.";
  if (isBlocked(found)) return "Something above stands in the way.";
  const open = openQuestions(model.answers);
  return open.length > 0 ? `Still asked: ${open.join(", ")}.` : "";
}

function left(model: SubmitModel): number {
  return model.photos.filter((photo) => photo.sending.kind !== "sent").length;
}

function buttonText(model: SubmitModel): string {
  if (model.phase === "sending") return "Sending…";
  if (model.phase === "choosing") return `Send ${count(model.photos.length, "photo")}`;
  return left(model) > 0 ? `Send the ${count(left(model), "photo")} that did not arrive` : "Submit again";
}

function hintText(model: SubmitModel): string {
  if (model.phase === "sending") return `${count(left(model), "photo")} to go. Stay on this page.`;
  if (model.phase === "interrupted") return "";
  return "The photos leave your computer now; your series page shows what becomes of them.";
}
