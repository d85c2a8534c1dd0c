/** One measured series: what its plots show, without pixels. */

import type { Basis, DepthOfField, Maybe, PhotoResult, SeriesResult, ThroughFocus } from "../lib/payloads";
import { micrometresPerMillimetre } from "../lib/optics";
import { widthOrder } from "./scales";
import type { Unit } from "./shiftState";

export interface SeriesPoint {
  fNumber: number;
  value: number;
  low: Maybe;
  high: Maybe;
  basis: Basis | null;
  nPhotos: number;
  halfDepthOfField: Maybe;
}

export interface SeriesCurve {
  unit: Unit;
  points: SeriesPoint[];
  /** f-numbers that were photographed and gave no shift. */
  missing: number[];
}

const Z95 = 1.96;

/** The series' own shift curve in a unit; intervals follow the unit. */
export function seriesCurve(result: SeriesResult, unit: Unit, criterion: string): SeriesCurve {
  const points: SeriesPoint[] = [];
  const missing: number[] = [];
  for (const shift of result.focus_shift) {
    const value = {
      mm: shift.focus_shift_mm,
      um: shift.focus_shift_um,
      share: shift.shift_over_half_dof[criterion] ?? null,
    }[unit];
    if (value === null) {
      missing.push(shift.f_number);
      continue;
    }
    const half = halfDepthMm(result, shift.f_number, criterion);
    const [low, high] = bounds(shift, unit, half);
    points.push({
      fNumber: shift.f_number,
      value,
      low,
      high,
      basis: shift.basis,
      nPhotos: shift.n_photos,
      halfDepthOfField: inUnit(result, half, unit),
    });
  }
  points.sort((a, b) => a.fNumber - b.fNumber);
  return { unit, points, missing };
}

function bounds(shift: SeriesResult["focus_shift"][number], unit: Unit, halfMm: Maybe): [Maybe, Maybe] {
  const [low, high] = shift.interval95_mm;
  if (unit === "mm") return [low, high];
  if (unit === "share") return [share(low, halfMm), share(high, halfMm)];
  const { focus_shift_um: value, focus_shift_um_se: se } = shift;
  return value === null || se === null ? [null, null] : [value - Z95 * se, value + Z95 * se];
}

function share(value: Maybe, half: Maybe): Maybe {
  return value === null || half === null ? null : value / half;
}

function inUnit(result: SeriesResult, halfMm: Maybe, unit: Unit): Maybe {
  if (halfMm === null || unit === "mm") return halfMm;
  if (unit === "share") return 1;
  const { pose, focal_length_mm: focalLength } = result.series;
  return pose === null || focalLength === null
    ? null
    : halfMm * micrometresPerMillimetre(pose.distance_mm, focalLength);
}

/** Half the depth of field at an f-number, from any photo taken there. */
function halfDepthMm(result: SeriesResult, fNumber: number, criterion: string): Maybe {
  for (const photo of result.photos) {
    if (photo.f_number !== fNumber) continue;
    const band = criterionBand(photo.dof, criterion);
    if (band && band.near_mm !== null && band.far_mm !== null) return (band.far_mm - band.near_mm) / 2;
  }
  return null;
}

/** The band of a named criterion: the stricter of the two is the pixel's, whatever the sensor made of its size. */
function criterionBand(dof: readonly DepthOfField[], criterion: string): DepthOfField | undefined {
  const strictFirst = [...dof].sort((a, b) => a.criterion_mm - b.criterion_mm);
  return criterion === "0.006" ? strictFirst[0] : strictFirst[strictFirst.length - 1];
}

/** Blur criteria applied in this series, in mm on its sensor: one pixel, a print. Those of full frame when unknown. */
export function appliedCriteria(result: SeriesResult): [number, number] {
  const sizes = (result.photos.find((photo) => photo.dof.length > 1)?.dof ?? []).map((dof) => dof.criterion_mm);
  return sizes.length ? [Math.min(...sizes), Math.max(...sizes)] : [0.006, 0.03];
}

export interface FocusPanel {
  fNumber: number;
  photos: {
    file: string;
    bestFocus: Maybe;
    low: Maybe;
    high: Maybe;
    basis: Basis | null;
    curve: ThroughFocus | null;
  }[];
}

export interface ThroughFocusState {
  panels: FocusPanel[];
  depth: [number, number];
  sharpness: [number, number];
}

/** Sharpness over depth, one panel per f-number, all on one scale; repeats share a panel. */
export function throughFocus(result: SeriesResult): ThroughFocusState {
  const usable = result.photos.filter((photo) => photo.f_number !== null && photo.curve !== null);
  const panels = widthOrder(usable.map((photo) => photo.f_number as number)).map((fNumber) => ({
    fNumber,
    photos: usable.filter((photo) => photo.f_number === fNumber).map(panelPhoto),
  }));
  const depths = usable.flatMap((photo) => photo.curve?.depth_mm ?? []);
  const sharp = usable
    .flatMap((photo) => [...(photo.curve?.mtf20 ?? []), ...(photo.curve?.fit ?? [])])
    .filter((v) => v !== null);
  return {
    panels,
    depth: depths.length ? [Math.min(...depths), Math.max(...depths)] : [-1, 1],
    sharpness: [0, sharp.length ? Math.min(1, 1.06 * Math.max(...sharp)) : 1],
  };
}

function panelPhoto(photo: PhotoResult): FocusPanel["photos"][number] {
  const [low, high] = photo.interval95_mm;
  return { file: photo.file, bestFocus: photo.best_focus_mm, low, high, basis: photo.basis, curve: photo.curve };
}

export interface DepthBar {
  fNumber: number;
  file: string;
  bestFocus: number;
  low: Maybe;
  high: Maybe;
  basis: Basis | null;
  /** Narrow criterion first drawn last, on top. */
  bands: { criterion: number; near: number; far: number }[];
}

export interface DepthState {
  bars: DepthBar[];
  /** Depth shown: the chart's own scale, wide enough for best focus and the sharpest criterion. */
  depth: [number, number];
}

/** Depth of field around best focus at each f-number, on the chart's mm scale. */
export function depthOfField(result: SeriesResult): DepthState {
  const bars = result.photos
    .filter((photo) => photo.f_number !== null && photo.best_focus_mm !== null)
    .map((photo) => depthBar(photo))
    .sort((a, b) => a.fNumber - b.fNumber);
  return { bars: firstOfEach(bars), depth: depthShown(bars, result) };
}

function depthBar(photo: PhotoResult): DepthBar {
  const [low, high] = photo.interval95_mm;
  const bands = photo.dof
    .filter((dof) => dof.near_mm !== null && dof.far_mm !== null)
    .map((dof) => ({ criterion: dof.criterion_mm, near: dof.near_mm as number, far: dof.far_mm as number }))
    .sort((a, b) => b.criterion - a.criterion);
  return {
    fNumber: photo.f_number as number,
    file: photo.file,
    bestFocus: photo.best_focus_mm as number,
    low,
    high,
    basis: photo.basis,
    bands,
  };
}

function firstOfEach(bars: DepthBar[]): DepthBar[] {
  return bars.filter((bar, index) => bars.findIndex((other) => other.fNumber === bar.fNumber) === index);
}

/** A band at f/16 may be ten times the chart; it runs out of the picture rather than squeezing the others. */
function depthShown(bars: DepthBar[], result: SeriesResult): [number, number] {
  const foci = bars.map((bar) => bar.bestFocus);
  const sharpest = bars.flatMap((bar) => bar.bands.slice(-1)).flatMap((band) => [band.near, band.far]);
  const chart = result.photos.flatMap((photo) => photo.curve?.depth_mm ?? []);
  const reach = Math.max(
    6,
    1.5 * Math.max(0, ...foci.map(Math.abs)),
    ...sharpest
      .map(Math.abs)
      .sort((a, b) => a - b)
      .slice(0, -2),
  );
  const limit = chart.length ? Math.max(...chart.map(Math.abs)) : Infinity;
  const half = Math.min(reach, Math.max(limit, 6));
  return [-half, half];
}
