/** The few formulae that a plot needs; the measuring core holds the originals. Lengths in mm unless named otherwise. */

/** Object distance from the entrance pupil, from a distance to the focal-plane mark (thin lens). */
export function pupilDistance(distance: number, focalLength: number): number {
  return (distance + Math.sqrt(distance * distance - 4 * distance * focalLength)) / 2;
}

/** Depth by which focus moves in front of the camera when it moves by `shiftUm` on the sensor side, at infinity. */
export function shiftAtDistance(shiftUm: number, pupilDistanceMm: number, focalLength: number): number {
  const vergence = 1 / pupilDistanceMm - shiftUm / (1000 * focalLength * focalLength);
  return 1 / vergence - pupilDistanceMm;
}

/** Small depths in mm to µm on the sensor side, to first order. */
export function micrometresPerMillimetre(pupilDistanceMm: number, focalLength: number): number {
  return (1000 * focalLength * focalLength) / (pupilDistanceMm * pupilDistanceMm);
}

/** Value at `x` of the polyline through rising or falling points, going on straight beyond its ends. */
export function interpolate(points: readonly (readonly [number, number])[], x: number): number {
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  const after = sorted.findIndex((point) => point[0] >= x);
  const upper = after === -1 ? sorted.length - 1 : Math.max(after, 1);
  const [x0, y0] = sorted[upper - 1] ?? [NaN, NaN];
  const [x1, y1] = sorted[upper] ?? [NaN, NaN];
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}
