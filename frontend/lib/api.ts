/** The site's API, as the submit page uses it. Errors carry a sentence that can be shown as it is. */

export interface Problem {
  code: string;
  detail: string;
  next_step?: string;
  fields?: Record<string, string[]>;
}

export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.detail);
    this.status = status;
    this.problem = problem;
  }

  /** The detail, what each field says, and the next step, as one text. */
  get sentence(): string {
    const fields = Object.entries(this.problem.fields ?? {}).map(
      ([name, texts]) => `${name.replaceAll("_", " ")}: ${texts.join(" ")}`,
    );
    return [this.problem.detail, ...fields, this.problem.next_step].filter(Boolean).join(" ");
  }
}

export interface LensHit {
  slug: string;
  name: string;
}

export interface BodyHit {
  id: number;
  name: string;
  pixel_pitch_um: number | null;
}

export interface Identified {
  lens: LensHit | null;
  body: BodyHit | null;
  problems: string[];
}

export interface OwnCopy {
  public_id: string;
  lens: LensHit;
  label: string;
  serial_tail: string;
}

export interface KnownPhoto {
  sha256: string;
  series: string;
  file_name: string;
}

export interface NewSeries {
  lens: string;
  copy: string | null;
  new_copy: { label: string; serial: string } | null;
  body: number;
  chart: string;
  distance_m: number | null;
  focusing_method: string;
  af_micro_adjust: number | null;
  note: string;
}

export interface SeriesStatus {
  state: "draft" | "queued" | "measuring" | "measured" | "failed";
  position: number | null;
  estimated_wait_s: number | null;
  standing: string;
  failure: { code: string; sentence: string; next_step: string } | null;
  url: string;
}

const OFFLINE: Problem = {
  code: "network",
  detail: "The site could not be reached.",
  next_step: "Check the connection and try again.",
};

function problemOf(status: number, text: string): Problem {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === "object" && data !== null && "detail" in data) return data as Problem;
  } catch {
    // Not JSON: a proxy's page or a crash; the status is all there is to say.
  }
  return {
    code: `http_${status}`,
    detail: `The site answered with an error (${status}).`,
    next_step: "Try again in a moment.",
  };
}

export class Api {
  constructor(
    private readonly base: string,
    private readonly csrf: string,
  ) {}

  identify(photos: Record<string, unknown>[]): Promise<Identified> {
    return this.json("POST", "identify/", { photos });
  }

  copies(): Promise<OwnCopy[]> {
    return this.json("GET", "copies/");
  }

  lenses(query: string): Promise<LensHit[]> {
    return this.json("GET", `lenses/?q=${encodeURIComponent(query)}`);
  }

  bodies(query: string): Promise<BodyHit[]> {
    return this.json("GET", `bodies/?q=${encodeURIComponent(query)}`);
  }

  known(digests: string[]): Promise<KnownPhoto[]> {
    return this.json("GET", `known/?${digests.map((digest) => `sha256=${digest}`).join("&")}`);
  }

  createSeries(series: NewSeries & { key: string | null }): Promise<{ public_id: string; url: string }> {
    return this.json("POST", "series/", series);
  }

  submit(series: string): Promise<SeriesStatus> {
    return this.json("POST", `series/${series}/submit/`);
  }

  /** Sends one file; `progress` is told the share that has left. */
  sendPhoto(series: string, form: FormData, progress: (share: number) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `${this.base}series/${series}/photos/`);
      request.setRequestHeader("X-CSRFToken", this.csrf);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) progress(event.loaded / event.total);
      });
      request.addEventListener("error", () => reject(new ApiError(0, OFFLINE)));
      request.addEventListener("load", () => {
        if (request.status < 300) resolve();
        else reject(new ApiError(request.status, problemOf(request.status, request.responseText)));
      });
      request.send(form);
    });
  }

  private async json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { Accept: "application/json", "X-CSRFToken": this.csrf };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(this.base + path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
      });
    } catch {
      throw new ApiError(0, OFFLINE);
    }
    const text = await response.text();
    if (!response.ok) throw new ApiError(response.status, problemOf(response.status, text));
    return JSON.parse(text) as T;
  }
}
