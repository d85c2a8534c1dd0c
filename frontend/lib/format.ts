/** Numbers as the pages write them: a true minus, as many digits as mean something, and words for the direction. */

import type { Maybe } from "./payloads";

const MINUS = "\u2212";

/** "f/1.2", "f/2", "f/11". */
export function fNumber(value: number): string {
  return `f/${bareFNumber(value)}`;
}

/** "0.95", "1.2", "11": the same without "f/", for an axis. */
export function bareFNumber(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toFixed(value < 1 ? 2 : 1)));
}

/** Digits after the point so that about two figures remain: 0.12, 1.9, 23. */
export function digitsFor(value: number): number {
  const size = Math.abs(value);
  if (size < 0.995) return 2;
  return size < 9.95 ? 1 : 0;
}

export function plain(value: number, digits = digitsFor(value)): string {
  return value.toFixed(digits).replace("-", MINUS);
}

/** With its sign: "+1.9", "−0.12", "0.00". */
export function signed(value: number, digits = digitsFor(value)): string {
  const text = plain(value, digits);
  return value > 0 && Number(text) > 0 ? `+${text}` : text;
}

export function signedOr(value: Maybe, unit: string): string {
  return value === null ? "not known" : `${signed(value)} ${unit}`;
}

/** "behind", "in front", or "on the plane": where a depth lies, seen from the camera. */
export function side(value: number): string {
  if (value === 0) return "on the plane";
  return value > 0 ? "behind" : "in front";
}

/** "1.9 mm behind". */
export function depth(value: number): string {
  const digits = digitsFor(value);
  return Number(value.toFixed(digits)) === 0 ? "0 mm" : `${plain(Math.abs(value), digits)} mm ${side(value)}`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** "2.4 MB". */
export function fileSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "a, b and c". */
export function sentenceList(items: string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}
