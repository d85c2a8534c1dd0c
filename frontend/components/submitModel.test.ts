import { describe, expect, it } from "vitest";
import { jpegWithExif } from "../fixtures/exif";
import { ApiError } from "../lib/api";
import type { Identified, KnownPhoto, OwnCopy } from "../lib/api";
import { standsInTheWay } from "./submitPage";
import { SubmitModel } from "./submitModel";
import type { SubmitApi } from "./submitModel";

const LENS = { slug: "canon-ef-50mm-f1-2l-usm", name: "Canon EF 50mm f/1.2L USM" };
const BODY = { id: 7, name: "Canon EOS 6D", pixel_pitch_um: 6.5 };

/** The API's answers, kept in memory. */
class Desk implements SubmitApi {
  identified: Identified = { lens: LENS, body: BODY, problems: [] };
  own: OwnCopy[] = [];
  alreadySent: KnownPhoto[] = [];
  asked: string[] = [];

  copies = (): Promise<OwnCopy[]> => Promise.resolve(this.own);
  identify = (): Promise<Identified> => {
    this.asked.push("identify");
    return Promise.resolve(this.identified);
  };
  known = (digests: string[]): Promise<KnownPhoto[]> =>
    Promise.resolve(this.alreadySent.filter((photo) => digests.includes(photo.sha256)));
  createSeries = (): ReturnType<SubmitApi["createSeries"]> => {
    this.asked.push("create");
    return Promise.resolve({ public_id: "s1", url: "/series/s1/" });
  };
  sendPhoto = (): Promise<void> => Promise.resolve();
  submit = (): ReturnType<SubmitApi["submit"]> =>
    Promise.resolve({
      state: "queued",
      position: 1,
      estimated_wait_s: 9,
      standing: "waiting",
      failure: null,
      url: "/series/s1/",
    });
}

function file(name: string, fNumber: number | null, more: Record<number, string | number> = {}): File {
  const tags = { 0x0110: "Canon EOS 6D", 0xa434: "EF50mm f/1.2L USM", 0xa435: "000012345", 0x9206: 0.5, ...more };
  return new File([jpegWithExif(fNumber === null ? tags : { ...tags, 0x829d: fNumber })], name);
}

const SERIES = [1.2, 2, 2.8, 5.6].map((n, index) => file(`IMG_${index}.JPG`, n));

async function dropped(files: File[], desk = new Desk()): Promise<SubmitModel> {
  const model = new SubmitModel(desk, { photoBytes: 1e8, photos: 60 }, () => undefined);
  await model.loadCopies();
  await model.take(files);
  return model;
}

describe("a drop of good photos", () => {
  it("leaves nothing to ask and sends nothing by itself", async () => {
    const desk = new Desk();
    const model = await dropped(SERIES, desk);
    expect(model.remarks).toEqual([]);
    expect(model.answers).toMatchObject({
      lens: LENS,
      body: BODY,
      copy: "new",
      newCopySerial: "000012345",
      distanceM: "0.50 m",
    });
    expect(standsInTheWay(model, model.remarks)).toBe("");
    expect(desk.asked).toEqual(["identify"]);
  });

  it("knows the copy by the serial in the photos", async () => {
    const desk = new Desk();
    desk.own = [
      { public_id: "other", lens: LENS, label: "", serial_tail: "999" },
      { public_id: "mine", lens: LENS, label: "", serial_tail: "345" },
    ];
    expect((await dropped(SERIES, desk)).answers.copy).toBe("mine");
  });

  it("asks which copy when the serial does not tell", async () => {
    const desk = new Desk();
    desk.own = [{ public_id: "other", lens: LENS, label: "", serial_tail: "999" }];
    const model = await dropped(SERIES, desk);
    expect(standsInTheWay(model, model.remarks)).toBe("Still asked: copy.");
    model.answer({ copy: "new" });
    expect(model.answers.newCopySerial).toBe("000012345");
  });

  it("goes to the series once it is sent", async () => {
    const model = await dropped(SERIES);
    expect(await model.send()).toBe("/series/s1/");
    expect(model.photos.map((photo) => photo.sending.kind)).toEqual(["sent", "sent", "sent", "sent"]);
  });
});

describe("a drop with something wrong", () => {
  it("finds the same file twice, and lets it be left out", async () => {
    const model = await dropped([...SERIES, file("COPY.JPG", 2)]);
    expect(model.remarks.map((remark) => remark.text)).toEqual(["COPY.JPG is the same file as IMG_1.JPG."]);
    model.leaveOut([5]);
    expect(model.remarks).toEqual([]);
  });

  it("finds a photo that was sent before", async () => {
    const desk = new Desk();
    const first = await dropped(SERIES);
    desk.alreadySent = [{ sha256: first.photos[2]?.sha256 ?? "", series: "old", file_name: "A.JPG" }];
    const model = await dropped(SERIES, desk);
    expect(model.remarks.map((remark) => remark.photos)).toEqual([[3]]);
  });

  it("takes f-numbers from the owner of a lens that writes none", async () => {
    const model = await dropped(
      SERIES.map((_, index) => file(`IMG_${index}.JPG`, null, { 0x829a: 0.01 * (index + 1) })),
    );
    expect(standsInTheWay(model, model.remarks)).toBe("Something above stands in the way.");
    model.giveFNumbers(new Map([1, 2, 3, 4].map((key, index) => [key, [1.4, 2, 2.8, 4][index] ?? null])));
    expect(model.remarks).toEqual([]);
  });

  it("says when the site cannot be asked, and still lets a person answer", async () => {
    const desk = new Desk();
    desk.identify = () =>
      Promise.reject(new ApiError(0, { code: "network", detail: "The site could not be reached." }));
    const model = await dropped(SERIES, desk);
    expect(model.trouble).toBe("The site could not be reached.");
    model.answer({ lens: LENS, body: BODY });
    expect(standsInTheWay(model, model.remarks)).toBe("");
  });
});
