/** Marks that several charts share: axes in our words, the words for depth, the grey wedge of depth of field. */

import { areaY, axisX, axisY, gridY, ruleY, text } from "@observablehq/plot";
import type { Markish } from "@observablehq/plot";
import type { Palette } from "../lib/colour";
import { bareFNumber, plain } from "../lib/format";
import { fittingTicks } from "./scales";

export const MARGIN = { marginLeft: 48, marginRight: 14, marginTop: 26, marginBottom: 40 };

export function fNumberAxis(fNumbers: number[], width: number, palette: Palette): Markish {
  const room = width - MARGIN.marginLeft - MARGIN.marginRight;
  return axisX(fittingTicks(fNumbers, room), {
    // Not tickFormat: on a logarithmic axis that blanks the labels it finds too dense.
    text: (n: number) => bareFNumber(n),
    label: "f-number, wide to narrow",
    labelAnchor: "center",
    labelArrow: "none",
    labelOffset: 34,
    tickSize: 4,
    fill: palette.quiet,
    stroke: palette.quiet,
  });
}

export function valueAxis(palette: Palette): Markish {
  return axisY({
    label: null,
    tickSize: 0,
    ticks: 6,
    tickFormat: (value: number) => tickText(value),
    fill: palette.quiet,
    stroke: palette.quiet,
  });
}

export function grid(palette: Palette): Markish {
  return gridY({ stroke: palette.grid, strokeOpacity: 1, ticks: 6 });
}

/** A tick's number with a true minus and no digits it does not need. */
export function tickText(value: number): string {
  return plain(value, Number.isInteger(value) ? 0 : Math.abs(value * 10 - Math.round(value * 10)) < 1e-9 ? 1 : 2);
}

export function zeroLine(palette: Palette): Markish {
  return ruleY([0], { stroke: palette.ink, strokeWidth: 1 });
}

/** What stands above and below a depth that rises: its name and unit, "behind" up, "in front" down. */
export function depthWordsY(label: string, palette: Palette): Markish[] {
  const style = { fill: palette.quiet, textAnchor: "start", dx: -MARGIN.marginLeft } as const;
  return [
    text([`${label}  \u2191 behind`], { ...style, frameAnchor: "top-left", dy: -16 }),
    text(["\u2193 in front"], { ...style, frameAnchor: "bottom-left", dy: 34 }),
  ];
}

/** "in front" at the left and "behind" at the right of a depth that runs away from the camera. */
export function depthLabelX(): string {
  return "\u2190 in front \u00b7 depth (mm) \u00b7 behind \u2192";
}

interface Half {
  fNumber: number;
  halfDepthOfField: number | null;
}

/** Where a shift still lies inside the depth of field: it opens towards narrow f-numbers. */
export function wedge(points: readonly Half[], at: "fNumber", palette: Palette): Markish[] {
  const known = points.filter((point) => point.halfDepthOfField !== null);
  if (known.length < 2) return [];
  return [
    areaY(known, {
      x: at,
      y1: (point: Half) => -(point.halfDepthOfField as number),
      y2: (point: Half) => point.halfDepthOfField as number,
      fill: palette.wedge,
      clip: true,
    }),
  ];
}
