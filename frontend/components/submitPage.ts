/** The submit page as a whole: one store, and the parts that show it. */

import { Api } from "../lib/api";
import type { Identified, KnownPhoto, OwnCopy } from "../lib/api";
import { h, on } from "../lib/dom";
import { readFacts } from "../lib/exif";
import { count } from "../lib/format";
import { sha256 } from "../lib/photos";
import { dropZone } from "./dropZone";
import { photoTable } from "./photoTable";
import { questions } from "./questions";
import type { SubmitOptions } from "./questions";
import { Sender, sentenceOf } from "./sender";
import { emptyAnswers, inFileOrder, isBlocked, openQuestions, remarks, spreadFNumbers, newSeries } from "./submission";
import type { Answers, DropPhoto, Limits, Remark } from "./submission";

interface Store {
  photos: DropPhoto[];
  answers: Answers;
  known: KnownPhoto[];
  copies: OwnCopy[];
  identified: Identified | null;
  serial: string | null;
  sending: boolean;
  begun: boolean;
  trouble: string;
}

export function mountSubmit(host: HTMLElement, options: SubmitOptions & Limits): void {
  const api = new Api(host.dataset.api ?? "/api/v1/", host.dataset.csrf ?? "");
  const limits: Limits = { photoBytes: options.photoBytes, photos: options.photos };
  const files = new Map<number, File>();
  const store: Store = {
    photos: [],
    answers: emptyAnswers(),
    known: [],
    copies: [],
    identified: null,
    serial: null,
    sending: false,
    begun: false,
    trouble: "",
  };
  let nextKey = 0;

  const sender = new Sender(api, (key, sending) => {
    patch(key, { sending });
    render();
  });
  const drop = dropZone((chosen) => void take(chosen));
  const table = photoTable((key) => files.get(key) as File, {
    leaveOut,
    giveFNumber: (key, value) => giveFNumbers(new Map([[key, value]])),
  });
  const list = h("ul", { class: "remarks", "aria-live": "polite" });
  const spread = spreadField((text) => giveFNumbers(spreadFNumbers(store.photos, text)));
  const ask = questions(api, options, (part) => {
    store.answers = { ...store.answers, ...part };
    render();
  });
  const about = h("section", { hidden: true }, h("h2", {}, "About the series"), ask.element);
  const button = on(h("button", { type: "button", class: "button-primary" }), { click: () => void send() });
  const hint = h("p", { class: "quiet", role: "status" });
  const trouble = h("p", { class: "note note-bad", role: "alert", hidden: true });
  const end = h("section", { hidden: true }, trouble, h("div", { class: "actions" }, button, hint));
  host.replaceChildren(drop, list, spread.element, table.element, about, end);
  window.addEventListener("beforeunload", (event) => {
    if (store.sending) event.preventDefault();
  });
  void loadCopies();

  function patch(key: number, part: Partial<DropPhoto>): void {
    store.photos = store.photos.map((photo) => (photo.key === key ? { ...photo, ...part } : photo));
  }

  function giveFNumbers(given: Map<number, number | null>): void {
    for (const [key, value] of given) patch(key, { givenFNumber: value });
    render();
  }

  function leaveOut(key: number): void {
    store.photos = store.photos.filter((photo) => photo.key !== key);
    files.delete(key);
    void identify();
    render();
  }

  async function take(chosen: File[]): Promise<void> {
    if (store.begun) return;
    const fresh = chosen.map((file): DropPhoto => {
      nextKey += 1;
      files.set(nextKey, file);
      return {
        key: nextKey,
        name: file.name,
        size: file.size,
        facts: null,
        sha256: null,
        givenFNumber: null,
        sending: { kind: "waiting" },
      };
    });
    store.photos = [...store.photos, ...fresh];
    render();
    for (const photo of fresh) {
      const facts = await readFacts(files.get(photo.key) as File).catch(() => "unreadable" as const);
      patch(photo.key, { facts });
      render();
    }
    void identify();
    await digest(fresh);
  }

  /** One after the other: a digest needs the whole file in memory. */
  async function digest(fresh: DropPhoto[]): Promise<void> {
    for (const photo of fresh) {
      const file = files.get(photo.key);
      if (file) patch(photo.key, { sha256: await sha256(file).catch(() => null) });
    }
    render();
    const digests = store.photos.flatMap((photo) => photo.sha256 ?? []);
    if (digests.length) store.known = await api.known(digests).catch(() => []);
    render();
  }

  async function identify(): Promise<void> {
    const facts = inFileOrder(store.photos).flatMap((photo) =>
      photo.facts === null || photo.facts === "unreadable" ? [] : [photo.facts],
    );
    if (facts.length === 0) return;
    store.serial = facts.find((fact) => fact.lensSerial !== null)?.lensSerial ?? null;
    const told = facts.find((fact) => fact.distanceM !== null)?.distanceM;
    if (told && store.answers.distanceM === "") store.answers = { ...store.answers, distanceM: `${told.toFixed(2)} m` };
    try {
      store.identified = await api.identify(
        facts.map((f) => ({
          make: f.make,
          model: f.model,
          lens: f.lens,
          f_number: f.fNumber,
          focal_length_mm: f.focalLengthMm,
        })),
      );
      store.answers = {
        ...store.answers,
        lens: store.answers.lens ?? store.identified.lens,
        body: store.answers.body ?? store.identified.body,
      };
      store.trouble = "";
    } catch (error) {
      store.trouble = sentenceOf(error);
    }
    chooseOnlyCopy();
    render();
  }

  /** With a serial in the photos an own copy is known; without copies there is only a new one. */
  function chooseOnlyCopy(): void {
    if (store.answers.copy !== "" || !store.answers.lens) return;
    const own = store.copies.filter((copy) => copy.lens.slug === store.answers.lens?.slug);
    const byserial = own.filter((copy) => copy.serial_tail !== "" && store.serial?.endsWith(copy.serial_tail));
    if (byserial.length === 1) store.answers = { ...store.answers, copy: byserial[0]?.public_id ?? "" };
    else if (own.length === 0)
      store.answers = {
        ...store.answers,
        copy: "new",
        newCopySerial: store.answers.newCopySerial || (store.serial ?? ""),
      };
  }

  async function loadCopies(): Promise<void> {
    store.copies = await api.copies().catch(() => []);
    chooseOnlyCopy();
    render();
  }

  async function send(): Promise<void> {
    store.sending = store.begun = true;
    store.trouble = "";
    ask.lock();
    render();
    const parcels = store.photos.map((photo) => ({
      photo,
      file: files.get(photo.key) as File,
      fNumber: photo.givenFNumber,
    }));
    const outcome = await sender.send(newSeries(store.answers), parcels);
    store.sending = false;
    if (outcome.url) {
      location.assign(outcome.url);
      return;
    }
    store.trouble = outcome.trouble || `${count(outcome.failed, "photo")} did not arrive; the others did.`;
    render();
  }

  function render(): void {
    const found = remarks(store.photos, store.known, store.identified, limits);
    table.show(store.photos, found, store.begun);
    list.replaceChildren(...found.map(remarkItem));
    spread.element.hidden =
      store.begun ||
      !store.photos.some(
        (photo) => photo.facts !== null && photo.facts !== "unreadable" && photo.facts.fNumber === null,
      );
    drop.hidden = store.begun;
    about.hidden = end.hidden = store.photos.length === 0;
    chooseOnlyCopy();
    ask.show(store.answers, store.copies, store.serial);
    trouble.hidden = store.trouble === "";
    trouble.textContent = store.trouble;
    showButton(found);
  }

  function showButton(found: Remark[]): void {
    const open = openQuestions(store.answers);
    const reading = store.photos.some((photo) => photo.facts === null);
    button.disabled = store.sending || reading || isBlocked(found) || open.length > 0;
    const left = store.photos.filter((photo) => photo.sending.kind !== "sent").length;
    button.textContent = store.sending
      ? "Sending…"
      : store.begun
        ? left
          ? `Send the ${count(left, "photo")} that did not arrive`
          : "Submit again"
        : `Send ${count(store.photos.length, "photo")}`;
    if (store.sending) hint.textContent = `${count(left, "photo")} to go. Stay on this page.`;
    else if (isBlocked(found)) hint.textContent = "Something above stands in the way.";
    else if (open.length) hint.textContent = `Still asked: ${open.join(", ")}.`;
    else
      hint.textContent = store.begun
        ? ""
        : "The photos leave your computer now; your series page shows what becomes of them.";
  }
}

function remarkItem(remark: Remark): HTMLElement {
  return h("li", { class: remark.level === "stop" ? "note note-bad" : "note note-warn" }, remark.text);
}

function spreadField(apply: (text: string) => void): { element: HTMLElement } {
  const input = h("input", { id: "spread", type: "text", inputmode: "decimal", "aria-describedby": "spread-help" });
  on(input, { input: () => apply(input.value) });
  const help = "In file order, for photos whose lens writes none: 1.2 1.4 2 2.8";
  return {
    element: h(
      "div",
      { class: "field", hidden: true },
      h("label", { for: "spread" }, "f-numbers"),
      input,
      h("p", { class: "help", id: "spread-help" }, help),
    ),
  };
}
