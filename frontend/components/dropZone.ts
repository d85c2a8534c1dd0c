/** Where photos are dropped or chosen. The file input does the work; dropping is a convenience on top. */

import { freshId, h, on } from "../lib/dom";

export function dropZone(take: (files: File[]) => void): HTMLElement {
  const input = h("input", { type: "file", multiple: true, accept: "image/jpeg,.jpg,.jpeg", id: freshId("files") });
  on(input, {
    change: () => {
      take([...(input.files ?? [])]);
      // The same file can be chosen again after it was left out.
      input.value = "";
    },
  });
  const zone = h(
    "div",
    { class: "drop" },
    h("label", { for: input.id }, "Drop the photos of one series here, or choose them"),
    input,
    h(
      "p",
      { class: "quiet small" },
      "JPEG as the camera wrote it. One lens, one body, one distance, focus untouched. Nothing is sent before you say so.",
    ),
  );
  const lit = (event: DragEvent, state: boolean): void => {
    event.preventDefault();
    zone.classList.toggle("drop-over", state);
  };
  return on(zone, {
    dragenter: (event) => lit(event, true),
    dragover: (event) => lit(event, true),
    dragleave: (event) => lit(event, zone.contains(event.relatedTarget as Node | null)),
    drop: (event) => {
      lit(event, false);
      take([...(event.dataTransfer?.files ?? [])]);
    },
  });
}
