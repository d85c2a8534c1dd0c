/** Shift against distance in three units at once: what to show, without pixels. */

import type { ByCriterion, LensPlot, LensVerdict, Maybe, SizeAt } from "../lib/payloads";
import { shiftByDistance, UNIT_LABEL } from "./shiftState";
import type { Unit } from "./shiftState";

export interface Ends {
  value: number;
  low: Maybe;
  high: Maybe;
}

export interface DistancePoint extends Ends {
  label: string;
  distanceM: number;
}

export interface CurvePoint extends Ends {
  distanceM: number;
  extrapolated: boolean;
}

export interface Panel {
  unit: Unit;
  title: string;
  /** A line for each copy, near to far. */
  copies: { id: string; points: DistancePoint[] }[];
  /** The smooth model with its interval; empty at f-numbers it was not fitted at. */
  curve: CurvePoint[];
}

export interface DistanceState {
  fNumber: number;
  panels: Panel[];
  nCopies: number;
  nSeries: number;
}

export const UNITS: Unit[] = ["um", "mm", "share"];

/** The three panels at one f-number: by the fitted model at the verdict's own, by copies alone at the others. */
export function distanceState(
  plot: LensPlot,
  verdict: LensVerdict | null,
  fNumber: number,
  criterion: string,
): DistanceState {
  const fitted = verdict !== null && verdict.f_number === fNumber ? verdict : null;
  return {
    fNumber,
    panels: UNITS.map((unit) =>
      fitted ? fittedPanel(fitted, unit, criterion) : copiesPanel(plot, fNumber, unit, criterion),
    ),
    nCopies: fitted ? fitted.n_copies : copiesAt(plot, fNumber),
    nSeries: fitted ? fitted.points.length : seriesAt(plot, fNumber),
  };
}

function title(unit: Unit): string {
  return { um: UNIT_LABEL.um, mm: "mm in front of the lens", share: "\u00d7 half the depth of field" }[unit];
}

function copiesAt(plot: LensPlot, fNumber: number): number {
  return plot.copies.filter((copy) => copy.points.some((point) => point.f_number === fNumber)).length;
}

function seriesAt(plot: LensPlot, fNumber: number): number {
  return plot.copies
    .flatMap((copy) => copy.points.filter((point) => point.f_number === fNumber))
    .reduce((sum, point) => sum + point.n_series, 0);
}

/** Beyond the farthest series the model is drawn a little on, not to where its millimetres dwarf all that was seen. */
const DRAWN_ON = 1.6;

function fittedPanel(verdict: LensVerdict, unit: Unit, criterion: string): Panel {
  const far = DRAWN_ON * Math.max(...verdict.points.map((point) => point.distance_m));
  const inOrder = [...verdict.curve].sort((a, b) => a.distance_m - b.distance_m);
  const curve = inOrder.filter((size) => !size.extrapolated || size.distance_m <= far);
  const halfAt = (distanceM: number): Maybe => halfDof(curve, distanceM, criterion);
  const byCopy = new Map<string, DistancePoint[]>();
  for (const point of verdict.points) {
    const ends = endsIn(unit, point, halfAt(point.distance_m));
    if (ends === null) continue;
    const own = byCopy.get(point.id) ?? [];
    own.push({ ...ends, label: point.label, distanceM: point.distance_m });
    byCopy.set(point.id, own);
  }
  return {
    unit,
    title: title(unit),
    copies: [...byCopy].map(([id, points]) => ({ id, points: points.sort((a, b) => a.distanceM - b.distanceM) })),
    curve: curve.flatMap((size) => {
      const ends = endsIn(unit, size, size.half_dof_mm[criterion] ?? null);
      return ends === null ? [] : [{ ...ends, distanceM: size.distance_m, extrapolated: size.extrapolated }];
    }),
  };
}

interface InBoth {
  um: Maybe;
  low_um: Maybe;
  high_um: Maybe;
  mm: Maybe;
  low_mm: Maybe;
  high_mm: Maybe;
}

function endsIn(unit: Unit, size: InBoth, half: Maybe): Ends | null {
  if (unit === "um") return size.um === null ? null : { value: size.um, low: size.low_um, high: size.high_um };
  if (size.mm === null) return null;
  if (unit === "mm") return { value: size.mm, low: size.low_mm, high: size.high_mm };
  if (half === null) return null;
  const share = (mm: Maybe): Maybe => (mm === null ? null : mm / half);
  return { value: size.mm / half, low: share(size.low_mm), high: share(size.high_mm) };
}

/** Half the depth of field between two distances of the curve, even in powers of the distance. */
function halfDof(curve: readonly SizeAt[], distanceM: number, criterion: string): Maybe {
  const known = curve.flatMap((size) => {
    const half = (size.half_dof_mm as ByCriterion)[criterion];
    return half ? [[Math.log(size.distance_m), Math.log(half)] as const] : [];
  });
  const at = Math.log(distanceM);
  const after = known.findIndex(([x]) => x >= at);
  const upper = after === -1 ? known.length - 1 : Math.max(after, 1);
  const [a, b] = [known[upper - 1], known[upper]];
  if (!a || !b) return null;
  return Math.exp(a[1] + ((at - a[0]) / (b[0] - a[0])) * (b[1] - a[1]));
}

function copiesPanel(plot: LensPlot, fNumber: number, unit: Unit, criterion: string): Panel {
  const state = shiftByDistance(plot, fNumber, { unit, criterion });
  return {
    unit,
    title: title(unit),
    copies: state.copies.map(({ id, label, points }) => ({
      id,
      points: points.map(({ distanceM, value, low, high }) => ({ label, distanceM, value, low, high })),
    })),
    curve: [],
  };
}
