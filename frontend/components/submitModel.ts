/** What the submit page knows and does: reads photos, asks the API about them, sends them. Shows nothing itself. */

import type { Api, Identified, KnownPhoto, OwnCopy } from "../lib/api";
import { readFacts } from "../lib/exif";
import type { PhotoFacts } from "../lib/exif";
import { count } from "../lib/format";
import { sha256 } from "../lib/photos";
import { Sender, sentenceOf } from "./sender";
import { emptyAnswers, inFileOrder, newSeries, remarks } from "./submission";
import type { Answers, DropPhoto, Limits, Remark } from "./submission";

export type SubmitApi = Pick<Api, "identify" | "copies" | "known" | "createSeries" | "sendPhoto" | "submit">;

/** Sending begins once; after a failure the same series is gone on with. */
export type Phase = "choosing" | "sending" | "interrupted";

export class SubmitModel {
  photos: readonly DropPhoto[] = [];
  answers: Answers = emptyAnswers();
  copies: readonly OwnCopy[] = [];
  /** Lens serial number as the photos tell it, to save typing. */
  serial: string | null = null;
  phase: Phase = "choosing";
  trouble = "";

  private known: readonly KnownPhoto[] = [];
  private identified: Identified | null = null;
  private readonly files = new Map<number, File>();
  private lastKey = 0;
  private readonly sender: Sender;

  constructor(
    private readonly api: SubmitApi,
    private readonly limits: Limits,
    private readonly changed: () => void,
  ) {
    this.sender = new Sender(api, (key, sending) => {
      this.patch(key, { sending });
      changed();
    });
  }

  get remarks(): Remark[] {
    return remarks(this.photos, this.known, this.identified, this.limits);
  }

  get isReading(): boolean {
    return this.photos.some((photo) => photo.facts === null);
  }

  fileOf(key: number): File {
    return this.files.get(key) as File;
  }

  async loadCopies(): Promise<void> {
    this.copies = await this.api.copies().catch(() => []);
    this.changed();
  }

  /** Reads the files one after the other; a digest needs the whole file in memory. */
  async take(chosen: readonly File[]): Promise<void> {
    if (this.phase !== "choosing") return;
    const fresh = chosen.map((file) => this.dropped(file));
    this.photos = [...this.photos, ...fresh];
    this.changed();
    for (const { key } of fresh) {
      const facts = await readFacts(this.fileOf(key)).catch(() => "unreadable" as const);
      this.patch(key, { facts });
      this.changed();
    }
    await this.identify();
    for (const { key } of fresh) {
      const file = this.files.get(key);
      if (file) this.patch(key, { sha256: await sha256(file).catch(() => null) });
    }
    await this.lookUpKnown();
  }

  leaveOut(keys: readonly number[]): void {
    this.photos = this.photos.filter((photo) => !keys.includes(photo.key));
    for (const key of keys) this.files.delete(key);
    this.changed();
    void this.identify();
  }

  giveFNumbers(given: ReadonlyMap<number, number | null>): void {
    for (const [key, value] of given) this.patch(key, { givenFNumber: value });
    this.changed();
  }

  answer(part: Partial<Answers>): void {
    this.answers = { ...this.answers, ...part };
    if (part.copy === "new" && this.answers.newCopySerial === "") this.answers.newCopySerial = this.serial ?? "";
    this.chooseCopy();
    this.changed();
  }

  /** The address of the submitted series, or null when something is left to repeat; `trouble` says what. */
  async send(): Promise<string | null> {
    this.phase = "sending";
    this.trouble = "";
    this.changed();
    const parcels = this.photos.map((photo) => ({ photo, file: this.fileOf(photo.key), fNumber: photo.givenFNumber }));
    const outcome = await this.sender.send(newSeries(this.answers), parcels);
    this.phase = "interrupted";
    if (!outcome.url) this.trouble = outcome.trouble || `${count(outcome.failed, "photo")} did not arrive.`;
    this.changed();
    return outcome.url;
  }

  private dropped(file: File): DropPhoto {
    this.lastKey += 1;
    const key = this.lastKey;
    this.files.set(key, file);
    const unread = { facts: null, sha256: null, givenFNumber: null };
    return { key, name: file.name, size: file.size, ...unread, sending: { kind: "waiting" } };
  }

  private patch(key: number, part: Partial<DropPhoto>): void {
    this.photos = this.photos.map((photo) => (photo.key === key ? { ...photo, ...part } : photo));
  }

  private async lookUpKnown(): Promise<void> {
    const digests = this.photos.flatMap((photo) => photo.sha256 ?? []);
    if (digests.length > 0) this.known = await this.api.known(digests).catch(() => []);
    this.changed();
  }

  private async identify(): Promise<void> {
    const facts = inFileOrder(this.photos).flatMap((photo) => readable(photo) ?? []);
    if (facts.length === 0) return;
    this.serial = facts.find((fact) => fact.lensSerial !== null)?.lensSerial ?? null;
    this.fillDistance(facts);
    try {
      this.identified = await this.api.identify(facts.map(asWritten));
      const { lens, body } = this.identified;
      this.answers = { ...this.answers, lens: this.answers.lens ?? lens, body: this.answers.body ?? body };
    } catch (error) {
      this.trouble = sentenceOf(error);
    }
    this.chooseCopy();
    this.changed();
  }

  private fillDistance(facts: readonly PhotoFacts[]): void {
    const told = facts.find((fact) => fact.distanceM !== null)?.distanceM;
    if (told && this.answers.distanceM === "") this.answers = { ...this.answers, distanceM: `${told.toFixed(2)} m` };
  }

  /** A serial in the photos tells which copy it was; who has none of this lens can only mean a new one. */
  private chooseCopy(): void {
    const { lens, copy } = this.answers;
    if (!lens || copy !== "") return;
    const own = this.copies.filter((candidate) => candidate.lens.slug === lens.slug);
    const same = own.filter(({ serial_tail: tail }) => tail !== "" && this.serial?.endsWith(tail));
    if (same.length === 1) this.answers = { ...this.answers, copy: same[0]?.public_id ?? "" };
    else if (own.length === 0) this.answers = { ...this.answers, copy: "new", newCopySerial: this.serial ?? "" };
  }
}

function readable(photo: DropPhoto): PhotoFacts | null {
  return photo.facts === null || photo.facts === "unreadable" ? null : photo.facts;
}

function asWritten(facts: PhotoFacts): Record<string, unknown> {
  const { make, model, lens, fNumber, focalLengthMm } = facts;
  return { make, model, lens, f_number: fNumber, focal_length_mm: focalLengthMm };
}
