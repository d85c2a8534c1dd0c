import { describe, expect, it } from "vitest";
import { jpegWithExif } from "../fixtures/exif";
import { factsOf, readFacts } from "./exif";

describe("reading a file", () => {
  it("gives what the camera wrote", async () => {
    const bytes = jpegWithExif({
      0x010f: "Canon",
      0x0110: "Canon EOS 6D",
      0x829a: 0.01,
      0x829d: 1.2,
      0x8827: 200,
      0x9206: 0.5,
      0x920a: 50,
      0xa434: "EF50mm f/1.2L USM",
      0xa435: "000012345",
    });
    expect(await readFacts(new Blob([bytes]))).toEqual({
      make: "Canon",
      model: "Canon EOS 6D",
      lens: "EF50mm f/1.2L USM",
      fNumber: 1.2,
      focalLengthMm: 50,
      exposureS: 0.01,
      iso: 200,
      distanceM: 0.5,
      software: null,
      lensSerial: "000012345",
    });
  });

  it("gives nothing from a JPEG without Exif, and refuses other files", async () => {
    const bare = await readFacts(new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xd9])]));
    expect(Object.values(bare).every((value) => value === null)).toBe(true);
    await expect(readFacts(new Blob(["%PDF-1.7"]))).rejects.toThrow("not a JPEG");
  });
});

it("takes placeholders for what they are", () => {
  const facts = factsOf({
    0x829d: 0,
    0x920a: 0,
    0xa434: "----",
    0xa435: "0000000000",
    0x010f: "  \0",
    0x9206: 4294967295,
  });
  expect(facts).toMatchObject({
    fNumber: null,
    focalLengthMm: null,
    lens: null,
    lensSerial: null,
    make: null,
    distanceM: null,
  });
  expect(factsOf({ 0xa434: "0.0 mm f/0.0" }).lens).toBeNull();
});
