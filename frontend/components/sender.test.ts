import { describe, expect, it } from "vitest";
import { ApiError } from "../lib/api";
import type { NewSeries, SeriesStatus } from "../lib/api";
import { Sender } from "./sender";
import type { Parcel, SendApi } from "./sender";
import { emptyAnswers, newSeries } from "./submission";
import type { DropPhoto, Sending } from "./submission";

/** The API's side of the contract, kept in memory; `refuse` names files whose next sending fails. */
class Desk implements SendApi {
  drafts: NewSeries[] = [];
  keys: (string | null)[] = [];
  loseAnswer = false;
  received: [string, string | null, string | null][] = [];
  submitted: string[] = [];
  refuse = new Set<string>();

  createSeries(begun: NewSeries & { key: string | null }): Promise<{ public_id: string; url: string }> {
    const { key, ...series } = begun;
    this.keys.push(key);
    if (this.loseAnswer) {
      this.loseAnswer = false;
      return Promise.reject(new ApiError(0, { code: "network", detail: "The site could not be reached." }));
    }
    this.drafts.push(series);
    return Promise.resolve({ public_id: `s${this.drafts.length}`, url: "/series/s1/" });
  }

  sendPhoto(_series: string, form: FormData, progress: (share: number) => void): Promise<void> {
    const file = form.get("file") as File;
    progress(0.5);
    if (this.refuse.delete(file.name))
      return Promise.reject(new ApiError(502, { code: "http_502", detail: "The site answered with an error (502)." }));
    this.received.push([file.name, form.get("position") as string | null, form.get("f_number") as string | null]);
    return Promise.resolve();
  }

  submit(series: string): Promise<SeriesStatus> {
    this.submitted.push(series);
    return Promise.resolve({
      state: "queued",
      position: 1,
      estimated_wait_s: 5,
      standing: "waiting",
      failure: null,
      url: "/series/s1/",
    });
  }
}

function setUp(): { desk: Desk; sender: Sender; parcels: () => Parcel[]; told: [number, string][] } {
  const states = new Map<number, Sending>([1, 2, 3].map((key) => [key, { kind: "waiting" }]));
  const told: [number, string][] = [];
  const desk = new Desk();
  const sender = new Sender(desk, (key, sending) => {
    states.set(key, sending);
    told.push([key, sending.kind]);
  });
  const photo = (key: number): DropPhoto => ({
    key,
    name: `IMG_${12 - key}.JPG`,
    size: 3,
    facts: null,
    sha256: null,
    givenFNumber: null,
    sending: states.get(key) as Sending,
  });
  return {
    desk,
    sender,
    told,
    parcels: () =>
      [1, 2, 3].map((key) => ({
        photo: photo(key),
        file: new File(["abc"], photo(key).name),
        fNumber: key === 2 ? 1.4 : null,
      })),
  };
}

const SERIES = newSeries(emptyAnswers());

describe("sender", () => {
  it("sends one file a request in file order, then submits", async () => {
    const { desk, sender, parcels } = setUp();
    expect(await sender.send(SERIES, parcels())).toEqual({ url: "/series/s1/", failed: 0, trouble: "" });
    expect(desk.received).toEqual([
      ["IMG_9.JPG", "0", null],
      ["IMG_10.JPG", "1", "1.4"],
      ["IMG_11.JPG", "2", null],
    ]);
    expect(desk.submitted).toEqual(["s1"]);
  });

  it("goes on after a failure, does not submit, and repeats only what failed", async () => {
    const { desk, sender, parcels, told } = setUp();
    desk.refuse.add("IMG_10.JPG");
    expect(await sender.send(SERIES, parcels())).toEqual({ url: null, failed: 1, trouble: "" });
    expect(desk.submitted).toEqual([]);
    expect(told.filter(([, kind]) => kind === "failed")).toEqual([[2, "failed"]]);

    expect((await sender.send(SERIES, parcels())).url).toBe("/series/s1/");
    expect(desk.drafts).toHaveLength(1);
    expect(desk.received.map(([name]) => name)).toEqual(["IMG_9.JPG", "IMG_11.JPG", "IMG_10.JPG"]);
  });

  it("says why when the series itself is refused", async () => {
    const { desk, sender, parcels } = setUp();
    desk.createSeries = () =>
      Promise.reject(
        new ApiError(400, {
          code: "invalid",
          detail: "Some answers do not fit.",
          fields: { distance_m: ["Too far."] },
        }),
      );
    expect(await sender.send(SERIES, parcels())).toEqual({
      url: null,
      failed: 0,
      trouble: "Some answers do not fit. distance m: Too far.",
    });
    expect(desk.received).toEqual([]);
  });

  it("begins with the same key after a lost answer, and with another one for another series", async () => {
    const { desk, sender, parcels } = setUp();
    desk.loseAnswer = true;
    expect((await sender.send(SERIES, parcels())).url).toBeNull();
    expect((await sender.send(SERIES, parcels())).url).toBe("/series/s1/");
    expect(desk.keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(desk.keys[1]).toBe(desk.keys[0]);

    const other = setUp();
    other.desk.loseAnswer = true;
    await other.sender.send(SERIES, other.parcels());
    await other.sender.send({ ...SERIES, note: "other words" }, other.parcels());
    expect(other.desk.keys[1]).not.toBe(other.desk.keys[0]);
  });
});
