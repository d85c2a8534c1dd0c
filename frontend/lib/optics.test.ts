import { expect, it } from "vitest";
import { interpolate, micrometresPerMillimetre, pupilDistance, shiftAtDistance } from "./optics";

it("solves the thin lens for the pupil distance", () => {
  const s = pupilDistance(500, 50);
  expect(s + 1 / (1 / 50 - 1 / s)).toBeCloseTo(500, 9);
});

it("inverts the definition of the shift at the sensor", () => {
  const [s, f, mm] = [500, 50, 1.9];
  const um = 1000 * f * f * (1 / s - 1 / (s + mm));
  expect(um).toBeCloseTo(18.93, 2);
  expect(shiftAtDistance(um, s, f)).toBeCloseTo(mm, 9);
  expect(micrometresPerMillimetre(s, f)).toBeCloseTo(10, 9);
});

it("interpolates rows of either direction and goes on beyond the ends", () => {
  const falling = [
    [10, 0],
    [0, 100],
    [-10, 240],
  ] as const;
  expect(interpolate(falling, 5)).toBe(50);
  expect(interpolate(falling, -5)).toBe(170);
  expect(interpolate(falling, 20)).toBe(-100);
  expect(interpolate(falling, -20)).toBe(380);
});
