/** Focus shift against f-number or distance over the copies of a lens: what to show, without pixels. */

import { micrometresPerMillimetre, pupilDistance, shiftAtDistance } from "../lib/optics";
import type { Band, CopyCurve, CopyPoint, LensPlot, Maybe, ModelCell } from "../lib/payloads";
import { widthOrder } from "./scales";

export type Unit = "mm" | "um" | "share";

export const UNIT_LABEL: Record<Unit, string> = {
  mm: "mm",
  um: "µm at the sensor",
  share: "half depths of field",
};

/** Below so many copies their mean gets no interval and no prediction: of two it would be as wide as the plot. */
const CONCLUSIVE_FROM = 3;

export interface Point {
  fNumber: number;
  distanceM: number;
  value: number;
  low: Maybe;
  high: Maybe;
  nSeries: number;
  borrowed: boolean;
  /** Too few copies here to conclude anything of their kind: its own interval is all the doubt there is. */
  speaksForItself: boolean;
}

export interface CopyLine {
  id: string;
  label: string;
  points: Point[];
}

export interface MeanPoint {
  fNumber: number;
  distanceM: number;
  band: string;
  value: number;
  low: Maybe;
  high: Maybe;
  predictionLow: Maybe;
  predictionHigh: Maybe;
  halfDepthOfField: Maybe;
  nCopies: number;
  nSeries: number;
}

export interface ShiftState {
  unit: Unit;
  fNumbers: number[];
  copies: CopyLine[];
  /** The reader's own copy where the page is about it. */
  own: CopyLine[];
  mean: MeanPoint[];
  /** The points that a line through the mean joins: where fewer copies speak it would jump to them. */
  meanLine: MeanPoint[];
  /** A band says where the next copy will lie; fewer than three copies cannot say it. */
  hasPrediction: boolean;
  nCopies: number;
  nSeries: number;
}

export interface ShiftChoices {
  unit: Unit;
  criterion: string;
}

/** The display band of distance with the most copies, then series: what a page shows first. */
export function defaultBand(plot: LensPlot): string {
  const weight = (band: Band): number =>
    Math.max(
      0,
      ...plot.model.filter((cell) => cell.band === band.key).map((cell) => cell.n_copies * 1000 + cell.n_series),
    );
  const best = [...plot.bands].sort((a, b) => weight(b) - weight(a))[0];
  return best?.key ?? "";
}

/** The distance a band was photographed at, as most copies of it were; its name only says where about it lies. */
export function bandDistance(plot: LensPlot, band: string): string {
  const cells = plot.model.filter((cell) => cell.band === band).sort((a, b) => b.n_copies - a.n_copies);
  const label = plot.bands.find(({ key }) => key === band)?.label ?? "";
  return cells[0] ? `${Number(cells[0].distance_m.toFixed(2))} m` : label;
}

/** Shift against f-number in one band of distance. */
export function shiftByFNumber(plot: LensPlot, band: string, choices: ShiftChoices): ShiftState {
  return stateOf(
    plot,
    choices,
    (cell) => cell.band === band,
    (a, b) => a.fNumber - b.fNumber,
  );
}

/** Shift against distance at one f-number. */
export function shiftByDistance(plot: LensPlot, fNumber: number, choices: ShiftChoices): ShiftState {
  return stateOf(
    plot,
    choices,
    (cell) => cell.f_number === fNumber,
    (a, b) => a.distanceM - b.distanceM,
  );
}

interface Ordered {
  fNumber: number;
  distanceM: number;
}

function stateOf(
  plot: LensPlot,
  choices: ShiftChoices,
  chosen: (cell: { f_number: number; band: string }) => boolean,
  order: (a: Ordered, b: Ordered) => number,
): ShiftState {
  const cells = plot.model.filter(chosen);
  const mean = cells.flatMap((cell) => meanPoint(plot, cell, choices) ?? []).sort(order);
  const lines = (curves: CopyCurve[], isOwn: boolean): CopyLine[] =>
    curves
      .map((copy) => ({
        id: copy.id,
        label: copy.label,
        points: copy.points
          .filter(chosen)
          .flatMap((point) => copyPoint(plot, point, choices, isOwn) ?? [])
          .sort(order),
      }))
      .filter((copy) => copy.points.length > 0);
  const copies = lines(plot.copies, false);
  const own = lines(plot.own ?? [], true);
  const nCopies = Math.max(0, ...cells.map((cell) => cell.n_copies));
  return {
    unit: choices.unit,
    fNumbers: widthOrder([...mean, ...[...copies, ...own].flatMap((copy) => copy.points)].map((p) => p.fNumber)),
    copies,
    own,
    mean,
    meanLine: mean.filter((point) => 2 * point.nCopies >= nCopies),
    hasPrediction: mean.some((point) => point.predictionLow !== null),
    nCopies,
    nSeries: Math.max(0, ...cells.map((cell) => cell.n_series)),
  };
}

function meanPoint(plot: LensPlot, cell: ModelCell, choices: ShiftChoices): MeanPoint | null {
  const convert = converter(plot, cell, choices);
  const value = convert(cell.mean_um);
  if (value === null) return null;
  const concludes = cell.n_copies >= CONCLUSIVE_FROM;
  return {
    fNumber: cell.f_number,
    distanceM: cell.distance_m,
    band: cell.band,
    value,
    low: concludes ? convert(cell.low_um) : null,
    high: concludes ? convert(cell.high_um) : null,
    predictionLow: concludes ? convert(cell.pred_low_um) : null,
    predictionHigh: concludes ? convert(cell.pred_high_um) : null,
    halfDepthOfField: halfDepthOfField(plot, cell, choices),
    nCopies: cell.n_copies,
    nSeries: cell.n_series,
  };
}

function copyPoint(plot: LensPlot, point: CopyPoint, choices: ShiftChoices, isOwn: boolean): Point | null {
  const cell = plot.model.find((model) => model.f_number === point.f_number && model.band === point.band);
  if (point.shift_um === null || !cell) return null;
  // One place of the scene for all copies of a band, so that their lines compare: the band's own distance.
  const convert = converter(plot, cell, choices);
  const margin = point.se_um === null ? null : 1.96 * point.se_um;
  const value = convert(point.shift_um);
  if (value === null) return null;
  return {
    fNumber: point.f_number,
    distanceM: point.distance_m,
    value,
    low: margin === null ? null : convert(point.shift_um - margin),
    high: margin === null ? null : convert(point.shift_um + margin),
    nSeries: point.n_series,
    borrowed: point.basis === "borrowed",
    speaksForItself: isOwn || cell.n_copies < CONCLUSIVE_FROM,
  };
}

/** µm at the sensor to the chosen unit, at the distance of this cell. */
function converter(plot: LensPlot, cell: ModelCell, { unit, criterion }: ShiftChoices): (um: Maybe) => Maybe {
  if (unit === "um") return (um) => um;
  const focalLength = plot.lens.focal_length_mm;
  if (focalLength === null) return () => null;
  const pupil = pupilDistance(1000 * cell.distance_m, focalLength);
  const toMm = (um: Maybe): Maybe => (um === null ? null : shiftAtDistance(um, pupil, focalLength));
  if (unit === "mm") return toMm;
  const half = cell.half_dof_mm[criterion] ?? null;
  return (um) => {
    const mm = toMm(um);
    return mm === null || half === null ? null : mm / half;
  };
}

function halfDepthOfField(plot: LensPlot, cell: ModelCell, { unit, criterion }: ShiftChoices): Maybe {
  const half = cell.half_dof_mm[criterion] ?? null;
  const focalLength = plot.lens.focal_length_mm;
  if (half === null) return null;
  if (unit === "share") return 1;
  if (unit === "mm") return half;
  if (focalLength === null) return null;
  return half * micrometresPerMillimetre(pupilDistance(1000 * cell.distance_m, focalLength), focalLength);
}
