import { describe, expect, it } from "vitest";
import type { SeriesStatus } from "../lib/api";
import { isSettled, liveWords, nextWait, waitWords } from "./live";

const status = (part: Partial<SeriesStatus>): SeriesStatus => ({
  state: "queued",
  position: 3,
  estimated_wait_s: 240,
  standing: "waiting",
  failure: null,
  url: "",
  ...part,
});

describe("words while waiting", () => {
  it("give place and time", () => {
    expect(liveWords(status({}))).toBe("It is number 3 in the queue, about 4 minutes.");
    expect(liveWords(status({ position: 1, estimated_wait_s: null }))).toBe("It is next in the queue.");
    expect(liveWords(status({ state: "measuring" }))).toBe("It is being measured now.");
  });

  it("round time as people do", () => {
    expect([10, 61, 3600, 8000].map(waitWords)).toEqual(["a minute or less", "1 minute", "60 minutes", "2 hours"]);
  });
});

it("ends at measured and failed only", () => {
  expect(
    ["draft", "queued", "measuring", "measured", "failed"].filter((state) =>
      isSettled(status({ state: state as SeriesStatus["state"] })),
    ),
  ).toEqual(["measured", "failed"]);
});

it("asks as often as the server wants, and backs off from a server in trouble", () => {
  expect(nextWait("5", 0)).toBe(5);
  expect(nextWait(null, 0)).toBe(2);
  expect(nextWait("5", 2)).toBe(20);
  expect(nextWait("5", 10)).toBe(60);
});
