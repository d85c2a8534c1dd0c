/** How a plot is called once it has left its page. */

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

export function creditLine(name: string, analysisVersion: string, simulated: boolean): string {
  return `${name}${simulated ? ", simulated" : ""} \u00b7 LensDB, analysis ${analysisVersion}`;
}
