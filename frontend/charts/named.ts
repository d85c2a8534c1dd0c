/** How a plot is called once it has left its page, and what it says of itself. */

export interface Named {
  /** Stem of file names. */
  stem: string;
  credit: string;
}

/** "EF 50mm f/1.2L at 0.5 m" to "ef-50mm-f-1-2l-at-0-5-m": a name that every file system takes. */
export function fileStem(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") || "series"
  );
}

export interface Origin {
  analysis_version: string;
  simulated: boolean;
  /** When its numbers last changed, ISO 8601; null or nothing when that is not known. */
  updated_at?: string | null | undefined;
}

/** Whose plot it is, from how much, by which method, version and date. */
export function creditLine(name: string, origin: Origin, ...facts: string[]): string {
  const date = origin.updated_at ? `, ${dateText(origin.updated_at)}` : "";
  return [
    `${name}${origin.simulated ? ", simulated" : ""}`,
    ...facts,
    "best focus: peak of contrast at 20 lp/mm",
    `LensDB, analysis ${origin.analysis_version}${date}`,
  ].join(" \u00b7 ");
}

/** "23 Nov 2026", in UTC as all dates of the site are. */
export function dateText(iso: string): string {
  return new Date(iso).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
}
