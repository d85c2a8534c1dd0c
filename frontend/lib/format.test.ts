import { expect, it } from "vitest";
import { bareFNumber, depth, fileSize, fNumber, plain, sentenceList, signed } from "./format";

it("writes f-numbers as lenses do", () => {
  expect([0.95, 1.2, 2, 5.6, 11, 16].map(bareFNumber)).toEqual(["0.95", "1.2", "2", "5.6", "11", "16"]);
  expect(fNumber(1.4)).toBe("f/1.4");
});

it("keeps about two figures and a true minus", () => {
  expect([0.123, -1.94, 19.4, -0.001].map((v) => plain(v))).toEqual(["0.12", "\u22121.9", "19", "\u22120.00"]);
  expect([1.9, 0, -2.04].map((v) => signed(v))).toEqual(["+1.9", "0.00", "\u22122.0"]);
});

it("names the side of a depth, and none for nothing", () => {
  expect([1.9, -0.3, 0.001].map(depth)).toEqual(["1.9 mm behind", "0.30 mm in front", "0 mm"]);
});

it("lists as a sentence does", () => {
  expect([["a"], ["a", "b"], ["a", "b", "c"]].map(sentenceList)).toEqual(["a", "a and b", "a, b and c"]);
});

it("sizes files", () => {
  expect([10, 345_000, 9_800_000].map(fileSize)).toEqual(["1 kB", "345 kB", "9.8 MB"]);
});
