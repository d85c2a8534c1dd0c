import { describe, expect, it } from "vitest";
import type { PhotoFacts } from "../lib/exif";
import {
  distance,
  emptyAnswers,
  inFileOrder,
  isBlocked,
  newSeries,
  openQuestions,
  remarks,
  spreadFNumbers,
} from "./submission";
import type { DropPhoto } from "./submission";

const LIMITS = { photoBytes: 80 * 1048576, photos: 60 };

function facts(part: Partial<PhotoFacts> = {}): PhotoFacts {
  return {
    make: "Canon",
    model: "Canon EOS 6D",
    lens: "EF50mm f/1.2L USM",
    fNumber: 2,
    focalLengthMm: 50,
    exposureS: 0.01,
    iso: 100,
    distanceM: null,
    software: null,
    lensSerial: null,
    ...part,
  };
}

function photo(key: number, part: Partial<DropPhoto> = {}): DropPhoto {
  return {
    key,
    name: `IMG_${key}.JPG`,
    size: 1e6,
    facts: facts({ fNumber: [1.2, 1.4, 2, 2.8, 4, 5.6, 8][key % 7] ?? null }),
    sha256: `d${key}`,
    givenFNumber: null,
    sending: { kind: "waiting" },
    ...part,
  };
}

const good = [1, 2, 3, 4, 5, 6].map((key) => photo(key));
const texts = (photos: DropPhoto[], known = [] as { sha256: string; series: string; file_name: string }[]): string[] =>
  remarks(photos, known, null, LIMITS).map((remark) => remark.text);

describe("remarks", () => {
  it("has nothing to say of a good series", () => {
    expect(texts(good)).toEqual([]);
  });

  it.each([
    [
      "another body",
      photo(9, { facts: facts({ model: "Canon EOS R5" }) }),
      "different bodies: Canon EOS 6D (6 photos) and Canon EOS R5 (1 photo)",
    ],
    [
      "another lens",
      photo(9, { facts: facts({ lens: "EF85mm f/1.8 USM" }) }),
      "different lenses: EF50mm f/1.2L USM (6 photos) and EF85mm f/1.8 USM (1 photo)",
    ],
    [
      "a zoomed lens",
      photo(9, { facts: facts({ focalLengthMm: 70 }) }),
      "different focal lengths: 50 mm (6 photos) and 70 mm (1 photo)",
    ],
    ["no f-number", photo(9, { facts: facts({ fNumber: null }) }), "No f-number is recorded in IMG_9.JPG"],
    ["the same file twice", photo(9, { sha256: "d2" }), "IMG_9.JPG is the same file as IMG_2.JPG"],
    ["no JPEG", photo(9, { facts: "unreadable" }), "IMG_9.JPG: not a JPEG photo that can be read."],
    ["a huge file", photo(9, { size: 90 * 1048576 }), "IMG_9.JPG: larger than 80 MB"],
  ])("stops at %s and points at the odd photo", (_name, odd, sentence) => {
    const found = remarks([...good, odd], [], null, LIMITS).filter((remark) => remark.level === "stop");
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toContain(sentence);
    expect(found[0]?.photos).toEqual([9]);
  });

  it("names a photo that was sent before", () => {
    const found = texts(good, [{ sha256: "d3", series: "abc", file_name: "OLD.JPG" }]);
    expect(found).toEqual(["You have already sent IMG_3.JPG in series abc."]);
  });

  it("wants two f-numbers and minds fewer than four", () => {
    const one = [photo(1), photo(8)];
    expect(isBlocked(remarks(one, [], null, LIMITS))).toBe(true);
    const three = remarks(good.slice(0, 3), [], null, LIMITS);
    expect(three.map((remark) => remark.level)).toEqual(["mind"]);
    expect(three[0]?.text).toContain("f/1.4, f/2 and f/2.8");
  });

  it("waits with counting until every photo is read", () => {
    expect(texts([photo(1, { facts: null, sha256: null })])).toEqual([]);
  });

  it("minds edited files without stopping", () => {
    const found = remarks(
      [...good, photo(7, { facts: facts({ software: "Adobe Photoshop 25", fNumber: 16 }) })],
      [],
      null,
      LIMITS,
    );
    expect(found.map((remark) => remark.level)).toEqual(["mind"]);
  });

  it("does not take two unread digests for the same file", () => {
    expect(texts(good.map((item) => ({ ...item, sha256: null })))).toEqual([]);
  });
});

it("orders files as people count", () => {
  const names = inFileOrder(["IMG_10.JPG", "IMG_9.JPG", "IMG_1.JPG"].map((name, key) => photo(key, { name }))).map(
    (item) => item.name,
  );
  expect(names).toEqual(["IMG_1.JPG", "IMG_9.JPG", "IMG_10.JPG"]);
});

it("spreads typed f-numbers over the photos that record none, in file order", () => {
  const bare = facts({ fNumber: null });
  const photos = [
    photo(1, { name: "IMG_10.JPG", facts: bare }),
    photo(2, { name: "IMG_2.JPG", facts: bare }),
    photo(3),
  ];
  expect([...spreadFNumbers(photos, "f/1.4, 2 nonsense")]).toEqual([
    [2, 1.4],
    [1, 2],
  ]);
});

it("reads a distance as people write it", () => {
  expect(["0.5", "0,5 m", "50 cm", "500mm", "half", "5000", ""].map(distance)).toEqual([
    0.5,
    0.5,
    0.5,
    0.5,
    null,
    null,
    null,
  ]);
});

describe("answers", () => {
  const lens = { slug: "ef-50", name: "EF 50" };
  const body = { id: 3, name: "6D", pixel_pitch_um: 6.5 };

  it("asks only what is missing", () => {
    expect(openQuestions(emptyAnswers())).toEqual(["lens", "body", "copy"]);
    expect(openQuestions({ ...emptyAnswers(), lens, body, copy: "new" })).toEqual([]);
    expect(openQuestions({ ...emptyAnswers(), lens, body, copy: "new", distanceM: "far" })).toEqual(["distance"]);
  });

  it("become the series the API takes", () => {
    const answers = {
      ...emptyAnswers(),
      lens,
      body,
      copy: "new",
      newCopySerial: " 123 ",
      distanceM: "50 cm",
      afMicroAdjust: "-3",
    };
    expect(newSeries(answers)).toMatchObject({
      lens: "ef-50",
      copy: null,
      new_copy: { label: "", serial: "123" },
      body: 3,
      chart: "auto",
      distance_m: 0.5,
      af_micro_adjust: -3,
    });
    expect(newSeries({ ...answers, copy: "k2j3h4", distanceM: "", afMicroAdjust: "" })).toMatchObject({
      copy: "k2j3h4",
      new_copy: null,
      distance_m: null,
      af_micro_adjust: null,
    });
  });
});
