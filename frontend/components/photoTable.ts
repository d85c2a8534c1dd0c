/** The photos of a drop: small picture, what the camera wrote, what is wrong, how far each has been sent. */

import type { PhotoFacts } from "../lib/exif";
import { freshId, h, on } from "../lib/dom";
import { bareFNumber, fileSize, plain } from "../lib/format";
import { paintThumbnail } from "../lib/photos";
import { inFileOrder } from "./submission";
import type { DropPhoto, Remark, Sending } from "./submission";

const THUMBNAIL_WIDTH = 144;

export interface PhotoTableEvents {
  leaveOut(key: number): void;
  giveFNumber(key: number, value: number | null): void;
}

interface Row {
  element: HTMLTableRowElement;
  show(photo: DropPhoto, stopped: boolean, locked: boolean): void;
}

export interface PhotoTable {
  element: HTMLElement;
  show(photos: readonly DropPhoto[], remarks: readonly Remark[], locked: boolean): void;
}

export function photoTable(fileOf: (key: number) => File, events: PhotoTableEvents): PhotoTable {
  const rows = new Map<number, Row>();
  const body = h("tbody");
  const table = h(
    "table",
    { class: "photo-table" },
    h("caption", { class: "visually-hidden" }, "Photos of this series"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, "Photo"),
        h("th", { scope: "col" }),
        h("th", { scope: "col" }, "f-number"),
        h("th", { scope: "col", class: "photo-extra" }, "Exposure"),
        h("th", { scope: "col" }, "State"),
      ),
    ),
    body,
  );
  const element = h("div", { hidden: true }, table);
  return {
    element,
    show(photos, remarks, locked) {
      element.hidden = photos.length === 0;
      const stopped = new Set(remarks.filter((remark) => remark.level === "stop").flatMap((remark) => remark.photos));
      const ordered = inFileOrder(photos).map((photo) => {
        const row = rows.get(photo.key) ?? photoRow(photo, fileOf(photo.key), events);
        rows.set(photo.key, row);
        row.show(photo, stopped.has(photo.key), locked);
        return row.element;
      });
      // Moving rows would take the focus out of a field that is being typed in.
      if (ordered.length !== body.rows.length || ordered.some((row, index) => row !== body.rows[index]))
        body.replaceChildren(...ordered);
    },
  };
}

function photoRow(photo: DropPhoto, file: File, events: PhotoTableEvents): Row {
  const canvas = h("canvas", {
    class: "photo-thumb",
    width: 144,
    height: 96,
    role: "img",
    "aria-label": `Small picture of ${photo.name}`,
  });
  void paintThumbnail(file, canvas, THUMBNAIL_WIDTH);
  const fCell = h("td", { class: "photo-f" });
  const exposure = h("td", { class: "photo-extra quiet" });
  const state = h("td", { class: "photo-state" });
  const element = h(
    "tr",
    {},
    h("td", {}, canvas),
    h("th", { scope: "row" }, photo.name, h("br"), h("span", { class: "quiet small" }, fileSize(photo.size))),
    fCell,
    exposure,
    state,
  );
  const field = fNumberField(photo, events);
  const leaveOut = on(
    h("button", { type: "button", class: "link", "aria-label": `Leave out ${photo.name}` }, "leave out"),
    { click: () => events.leaveOut(photo.key) },
  );
  return {
    element,
    show(now, stopped, locked) {
      const facts = now.facts === null || now.facts === "unreadable" ? null : now.facts;
      element.classList.toggle("photo-stopped", stopped);
      if (facts && facts.fNumber === null) {
        if (!fCell.contains(field.element)) fCell.replaceChildren(field.element);
        field.show(now.givenFNumber, locked);
      } else fCell.textContent = facts?.fNumber ? bareFNumber(facts.fNumber) : "";
      exposure.textContent = facts ? exposureText(facts) : "";
      state.replaceChildren(...stateContent(now, locked ? null : leaveOut));
    },
  };
}

function fNumberField(
  photo: DropPhoto,
  events: PhotoTableEvents,
): { element: HTMLElement; show(value: number | null, locked: boolean): void } {
  const id = freshId("f");
  const input = h("input", {
    id,
    type: "text",
    inputmode: "decimal",
    size: 4,
    class: "photo-f-field",
    "aria-label": `f-number of ${photo.name}`,
  });
  on(input, {
    input: () => {
      const value = Number(input.value.replace(",", "."));
      events.giveFNumber(photo.key, input.value.trim() !== "" && value >= 0.5 && value <= 128 ? value : null);
    },
  });
  return {
    element: input,
    show(value, locked) {
      input.disabled = locked;
      if (document.activeElement !== input) input.value = value === null ? "" : bareFNumber(value);
    },
  };
}

export function exposureText(facts: PhotoFacts): string {
  const parts: string[] = [];
  if (facts.exposureS !== null)
    parts.push(facts.exposureS < 0.4 ? `1/${Math.round(1 / facts.exposureS)} s` : `${plain(facts.exposureS, 1)} s`);
  if (facts.iso !== null) parts.push(`ISO ${facts.iso}`);
  if (facts.focalLengthMm !== null) parts.push(`${Math.round(facts.focalLengthMm)} mm`);
  return parts.join(" · ");
}

function stateContent(photo: DropPhoto, leaveOut: HTMLElement | null): (Node | string)[] {
  if (photo.facts === null) return [h("span", { class: "quiet" }, "reading")];
  const sending = sendingContent(photo.sending);
  return photo.sending.kind === "waiting" && leaveOut ? [leaveOut] : sending;
}

function sendingContent(sending: Sending): (Node | string)[] {
  switch (sending.kind) {
    case "waiting":
      return [h("span", { class: "quiet" }, "waiting")];
    case "sending":
      return [h("progress", { max: 1, value: sending.share.toFixed(3) }, `${Math.round(100 * sending.share)} %`)];
    case "sent":
      return [h("span", { class: "sent" }, "sent")];
    case "failed":
      return [h("span", { class: "not-sent" }, sending.why)];
  }
}
