/** What the camera wrote into a photo, read in the browser. The server reads it again; this is for asking less. */

import { parse } from "exifr/dist/mini.esm.mjs";

export interface PhotoFacts {
  make: string | null;
  model: string | null;
  lens: string | null;
  fNumber: number | null;
  focalLengthMm: number | null;
  exposureS: number | null;
  iso: number | null;
  distanceM: number | null;
  software: string | null;
  lensSerial: string | null;
}

/** Tags of Exif 2.32 by number; the small build of the library has no names. */
const TAG = {
  make: 0x010f,
  model: 0x0110,
  software: 0x0131,
  exposure: 0x829a,
  fNumber: 0x829d,
  iso: 0x8827,
  distance: 0x9206,
  focalLength: 0x920a,
  lensModel: 0xa434,
  lensSerial: 0xa435,
} as const;

/** Throws when the file is no JPEG that can be read; a JPEG without Exif gives facts that are all null. */
export async function readFacts(file: Blob): Promise<PhotoFacts> {
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (head[0] !== 0xff || head[1] !== 0xd8) throw new Error("not a JPEG");
  const options = {
    translateKeys: false,
    translateValues: false,
    reviveValues: false,
    mergeOutput: true,
    gps: false,
    ifd1: false,
    xmp: false,
  };
  const tags = await parse(file, options).catch(() => undefined);
  return factsOf(tags ?? {});
}

/** Facts from tags by number, placeholders removed. */
export function factsOf(tags: Record<string, unknown>): PhotoFacts {
  return {
    make: words(tags[TAG.make]),
    model: words(tags[TAG.model]),
    lens: lensName(tags[TAG.lensModel]),
    fNumber: within(tags[TAG.fNumber], 0.5, 128),
    focalLengthMm: within(tags[TAG.focalLength], 1, 3000),
    exposureS: within(tags[TAG.exposure], 1e-6, 1e5),
    iso: within(Array.isArray(tags[TAG.iso]) ? (tags[TAG.iso] as unknown[])[0] : tags[TAG.iso], 1, 1e7),
    distanceM: within(tags[TAG.distance], 0.05, 200),
    software: words(tags[TAG.software]),
    lensSerial: serial(tags[TAG.lensSerial]),
  };
}

function words(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const text = value.replaceAll("\0", "").trim().replace(/\s+/g, " ");
  return text === "" ? null : text;
}

/** A lens name has a letter; "----" and "0.0 mm f/0.0" are what cameras write when they do not know. */
function lensName(value: unknown): string | null {
  const text = words(value);
  return text !== null && /[a-z]/i.test(text) && !/^0(\.0)? ?mm/i.test(text) && !/^unknown/i.test(text) ? text : null;
}

function serial(value: unknown): string | null {
  const text = words(value);
  return text !== null && /[1-9a-z]/i.test(text) ? text : null;
}

function within(value: unknown, low: number, high: number): number | null {
  return typeof value === "number" && value >= low && value <= high ? value : null;
}
