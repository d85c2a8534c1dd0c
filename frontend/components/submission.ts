/** A series being put together in the browser: its photos, what is known of it, what stands in its way. No elements here. */

import type { BodyHit, Identified, KnownPhoto, LensHit, NewSeries } from "../lib/api";
import type { PhotoFacts } from "../lib/exif";
import { count, fNumber, sentenceList } from "../lib/format";

export type Sending =
  { kind: "waiting" } | { kind: "sending"; share: number } | { kind: "sent" } | { kind: "failed"; why: string };

export interface DropPhoto {
  key: number;
  name: string;
  size: number;
  /** null while the file is being read; "unreadable" when it is no JPEG. */
  facts: PhotoFacts | "unreadable" | null;
  sha256: string | null;
  /** The owner's own, for a lens that writes none. */
  givenFNumber: number | null;
  sending: Sending;
}

export interface Limits {
  photoBytes: number;
  photos: number;
}

export interface Answers {
  lens: LensHit | null;
  body: BodyHit | null;
  /** Public id of an own copy, "new", or "" while nothing is chosen. */
  copy: string;
  newCopyLabel: string;
  newCopySerial: string;
  chart: string;
  distanceM: string;
  focusingMethod: string;
  afMicroAdjust: string;
  note: string;
}

export interface Remark {
  level: "stop" | "mind";
  text: string;
  /** Photos it is about, for the table and for leaving them out. */
  photos: number[];
  /** Would leaving these photos out settle it? */
  canLeaveOut?: boolean;
}

const FEWEST_TO_MEASURE = 2;
/** Below this the core makes no fit over the series. */
const FEWEST_TO_CHECK = 4;
const EDITORS = /photoshop|lightroom|gimp|capture one|darktable|rawtherapee|affinity|luminar|snapseed|dxo/i;

export function emptyAnswers(): Answers {
  return {
    lens: null,
    body: null,
    copy: "",
    newCopyLabel: "",
    newCopySerial: "",
    chart: "auto",
    distanceM: "",
    focusingMethod: "",
    afMicroAdjust: "",
    note: "",
  };
}

function read(photo: DropPhoto): PhotoFacts | null {
  return photo.facts === null || photo.facts === "unreadable" ? null : photo.facts;
}

/** The f-number that counts: the camera's, else the owner's. */
export function usedFNumber(photo: DropPhoto): number | null {
  return read(photo)?.fNumber ?? photo.givenFNumber;
}

/** File order as people count: IMG_2 before IMG_10. */
export function inFileOrder(photos: readonly DropPhoto[]): DropPhoto[] {
  return [...photos].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** Everything that is wrong or worth a thought, before anything is sent. */
export function remarks(
  photos: readonly DropPhoto[],
  known: readonly KnownPhoto[],
  identified: Identified | null,
  limits: Limits,
): Remark[] {
  if (photos.length === 0) return [];
  const found = [
    ...unreadable(photos),
    ...tooLarge(photos, limits),
    ...duplicates(photos),
    ...alreadySent(photos, known),
    ...mixed(photos, "bodies", (facts) => facts.model),
    ...mixed(photos, "lenses", (facts) => facts.lens),
    ...mixed(photos, "focal lengths", (facts) =>
      facts.focalLengthMm === null ? null : `${Math.round(facts.focalLengthMm)} mm`,
    ),
    ...missingFNumbers(photos),
    ...tooFew(photos),
    ...edited(photos),
  ];
  // What the catalogue finds odd is mostly the same, said without names of files.
  const said = (identified?.problems ?? []).map((text): Remark => ({ level: "mind", text, photos: [] }));
  return found.length > 0 ? found : said;
}

export function isBlocked(list: readonly Remark[]): boolean {
  return list.some((remark) => remark.level === "stop");
}

function keys(photos: readonly DropPhoto[]): number[] {
  return photos.map((photo) => photo.key);
}

function names(photos: readonly DropPhoto[]): string {
  const shown = photos.slice(0, 3).map((photo) => photo.name);
  return photos.length > 3 ? `${shown.join(", ")} and ${photos.length - 3} more` : sentenceList(shown);
}

function unreadable(photos: readonly DropPhoto[]): Remark[] {
  const bad = photos.filter((photo) => photo.facts === "unreadable");
  return bad.length
    ? [
        {
          level: "stop",
          text: `${names(bad)}: not a JPEG photo that can be read.`,
          photos: keys(bad),
          canLeaveOut: true,
        },
      ]
    : [];
}

function tooLarge(photos: readonly DropPhoto[], limits: Limits): Remark[] {
  const list: Remark[] = [];
  const large = photos.filter((photo) => photo.size > limits.photoBytes);
  if (large.length)
    list.push({
      level: "stop",
      text: `${names(large)}: larger than ${Math.round(limits.photoBytes / 1048576)} MB.`,
      photos: keys(large),
      canLeaveOut: true,
    });
  if (photos.length > limits.photos)
    list.push({
      level: "stop",
      text: `A series has at most ${limits.photos} photos; these are ${photos.length}.`,
      photos: [],
    });
  return list;
}

function duplicates(photos: readonly DropPhoto[]): Remark[] {
  const again = photos.filter(
    (photo, index) => photo.sha256 !== null && photos.findIndex((other) => other.sha256 === photo.sha256) < index,
  );
  return again.map((photo) => {
    const first = photos.find((other) => other.sha256 === photo.sha256) as DropPhoto;
    const same = photo.name === first.name ? "is here twice" : `is the same file as ${first.name}`;
    return {
      level: "stop",
      text: `${photo.name} ${same}.`,
      photos: [photo.key],
      canLeaveOut: true,
    };
  });
}

function alreadySent(photos: readonly DropPhoto[], known: readonly KnownPhoto[]): Remark[] {
  const bySeries = new Map<string, DropPhoto[]>();
  for (const photo of photos) {
    const hit = known.find((item) => item.sha256 === photo.sha256);
    if (hit) bySeries.set(hit.series, [...(bySeries.get(hit.series) ?? []), photo]);
  }
  return [...bySeries].map(([series, sent]) => ({
    level: "stop",
    text: `You have already sent ${names(sent)} in series ${series}.`,
    photos: keys(sent),
    canLeaveOut: true,
  }));
}

function mixed(photos: readonly DropPhoto[], what: string, of: (facts: PhotoFacts) => string | null): Remark[] {
  const groups = new Map<string, DropPhoto[]>();
  for (const photo of photos) {
    const facts = read(photo);
    const value = facts ? of(facts) : null;
    if (value !== null) groups.set(value, [...(groups.get(value) ?? []), photo]);
  }
  if (groups.size < 2) return [];
  const bySize = [...groups].sort((a, b) => b[1].length - a[1].length);
  const parts = bySize.map(([value, members]) => `${value} (${count(members.length, "photo")})`);
  const odd = bySize.slice(1).flatMap(([, members]) => members);
  return [
    {
      level: "stop",
      text: `The photos come from different ${what}: ${sentenceList(parts)}. One series is one lens on one body.`,
      photos: keys(odd),
      canLeaveOut: true,
    },
  ];
}

function missingFNumbers(photos: readonly DropPhoto[]): Remark[] {
  const without = photos.filter((photo) => read(photo) !== null && usedFNumber(photo) === null);
  return without.length
    ? [
        {
          level: "stop",
          text: `No f-number is recorded in ${names(without)}. Fill it in below.`,
          photos: keys(without),
        },
      ]
    : [];
}

function tooFew(photos: readonly DropPhoto[]): Remark[] {
  if (photos.some((photo) => photo.facts === null)) return [];
  const distinct = new Set(photos.map(usedFNumber).filter((n) => n !== null));
  if (distinct.size < FEWEST_TO_MEASURE)
    return [{ level: "stop", text: "A shift needs at least two f-numbers, better four or more.", photos: [] }];
  if (distinct.size >= FEWEST_TO_CHECK) return [];
  return [
    {
      level: "mind",
      text: `Only ${sentenceList([...distinct].sort((a, b) => a - b).map(fNumber))}: with four or more f-numbers the series can be checked against itself.`,
      photos: [],
    },
  ];
}

function edited(photos: readonly DropPhoto[]): Remark[] {
  const bad = photos.filter((photo) => EDITORS.test(read(photo)?.software ?? ""));
  return bad.length
    ? [
        {
          level: "mind",
          text: `${names(bad)} went through ${read(bad[0] as DropPhoto)?.software}. Files as the camera wrote them measure best.`,
          photos: keys(bad),
        },
      ]
    : [];
}

export type Question = "lens" | "body" | "copy" | "distance";

/** What must still be answered before the series can be sent. */
export function openQuestions(answers: Answers): Question[] {
  const open: Question[] = [];
  if (!answers.lens) open.push("lens");
  if (!answers.body) open.push("body");
  if (answers.copy === "") open.push("copy");
  if (answers.distanceM.trim() !== "" && distance(answers.distanceM) === null) open.push("distance");
  return open;
}

/** Metres from what a person types: "0.5", "0,5 m", "50 cm". Null when it is no distance. */
export function distance(text: string): number | null {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*(mm|cm|m)?\s*$/i.exec(text);
  if (!match) return null;
  const value = Number((match[1] as string).replace(",", "."));
  const metres = value * { mm: 0.001, cm: 0.01, m: 1 }[(match[2] ?? "m").toLowerCase() as "mm" | "cm" | "m"];
  return metres >= 0.02 && metres <= 100 ? metres : null;
}

/** "1.2 1.4 2" for photos that record none, in file order: how an adapted lens is told. */
export function spreadFNumbers(photos: readonly DropPhoto[], text: string): Map<number, number> {
  const numbers = text
    .split(/[\s;,]+/)
    .map((word) => Number(word.replace(/^f\/?/i, "")))
    .filter((n) => n >= 0.5 && n <= 128);
  const asked = inFileOrder(photos.filter((photo) => read(photo) !== null && read(photo)?.fNumber === null));
  return new Map(asked.slice(0, numbers.length).map((photo, index) => [photo.key, numbers[index] as number]));
}

/** The body of `POST series/`. Only for answers without open questions. */
export function newSeries(answers: Answers): NewSeries {
  const adjust = answers.afMicroAdjust.trim();
  return {
    lens: answers.lens?.slug ?? "",
    copy: answers.copy === "new" ? null : answers.copy,
    new_copy:
      answers.copy === "new" ? { label: answers.newCopyLabel.trim(), serial: answers.newCopySerial.trim() } : null,
    body: answers.body?.id ?? 0,
    chart: answers.chart,
    distance_m: distance(answers.distanceM),
    focusing_method: answers.focusingMethod,
    af_micro_adjust: adjust === "" ? null : Number(adjust),
    note: answers.note.trim(),
  };
}
