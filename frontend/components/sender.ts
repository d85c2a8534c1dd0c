/** Sends the photos of a draft one after the other, remembers which arrived, and repeats only what failed. */

import { ApiError } from "../lib/api";
import type { Api, NewSeries } from "../lib/api";
import { inFileOrder } from "./submission";
import type { DropPhoto, Sending } from "./submission";

export interface Parcel {
  photo: DropPhoto;
  file: File;
  fNumber: number | null;
}

export type SendApi = Pick<Api, "createSeries" | "sendPhoto" | "submit">;

export interface Outcome {
  /** Address of the submitted series, or null when something is left to repeat. */
  url: string | null;
  failed: number;
  /** What stopped the whole, when it was not a single file. */
  trouble: string;
}

/** Keeps the draft between attempts, so that a retry goes on where the last one ended. */
export class Sender {
  private draft: string | null = null;
  private draftUrl = "";
  /** What the draft was begun with, and the name the site knows it by: a lost answer makes no second draft. */
  private said = "";
  private key: string | null = null;

  constructor(
    private readonly api: SendApi,
    private readonly tell: (key: number, sending: Sending) => void,
  ) {}

  async send(series: NewSeries, parcels: readonly Parcel[]): Promise<Outcome> {
    try {
      if (this.draft === null) {
        const created = await this.api.createSeries({ ...series, key: this.keyOf(series) });
        this.draft = created.public_id;
        this.draftUrl = created.url;
      }
      const failed = await this.sendPhotos(this.draft, parcels);
      if (failed > 0) return { url: null, failed, trouble: "" };
      const status = await this.api.submit(this.draft);
      return { url: status.url || this.draftUrl, failed: 0, trouble: "" };
    } catch (error) {
      return { url: null, failed: 0, trouble: sentenceOf(error) };
    }
  }

  private keyOf(series: NewSeries): string | null {
    const said = JSON.stringify(series);
    if (said !== this.said) {
      this.said = said;
      // Browsers have it on secure pages only; without a key an empty draft that says the same is found again.
      this.key = typeof crypto.randomUUID === "function" ? crypto.randomUUID() : null;
    }
    return this.key;
  }

  private async sendPhotos(draft: string, parcels: readonly Parcel[]): Promise<number> {
    const order = inFileOrder(parcels.map((parcel) => parcel.photo)).map((photo) => photo.key);
    let failed = 0;
    for (const { photo, file, fNumber } of [...parcels].sort(
      (a, b) => order.indexOf(a.photo.key) - order.indexOf(b.photo.key),
    )) {
      if (photo.sending.kind === "sent") continue;
      this.tell(photo.key, { kind: "sending", share: 0 });
      const form = new FormData();
      form.set("position", String(order.indexOf(photo.key)));
      if (fNumber !== null) form.set("f_number", String(fNumber));
      form.set("file", file);
      try {
        await this.api.sendPhoto(draft, form, (share) => this.tell(photo.key, { kind: "sending", share }));
        this.tell(photo.key, { kind: "sent" });
      } catch (error) {
        failed += 1;
        this.tell(photo.key, { kind: "failed", why: sentenceOf(error) });
      }
    }
    return failed;
  }
}

export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.sentence;
  return error instanceof Error ? error.message : String(error);
}
