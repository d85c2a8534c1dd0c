import { describe, expect, it } from "vitest";
import { contrast, DARK, fNumberColour, LIGHT, luminance, mix } from "./colour";

const STOPS = [1, 1.2, 1.4, 1.8, 2, 2.8, 4, 5.6, 8, 11, 16, 22];

describe.each([LIGHT, DARK])("f-number colours, $name", (palette) => {
  it("stand out from the surface as WCAG asks of graphics", () => {
    for (const n of STOPS) expect(contrast(fNumberColour(n, palette), palette.surface)).toBeGreaterThanOrEqual(3);
  });

  it("darken with every stop, so that they order without hue", () => {
    const lightness = STOPS.map((n) => luminance(fNumberColour(n, palette)));
    expect([...lightness].sort((a, b) => b - a)).toEqual(lightness);
  });

  it("text colours reach the contrast of text", () => {
    for (const colour of [palette.ink, palette.quiet, palette.accent])
      expect(contrast(colour, palette.surface)).toBeGreaterThanOrEqual(4.5);
  });
});

describe("mix", () => {
  it("ends at its ends", () => {
    expect(mix("#d87a00", "#2b1f6b", 0)).toBe("#d87a00");
    expect(mix("#d87a00", "#2b1f6b", 1)).toBe("#2b1f6b");
  });

  it("keeps colours outside the usual range inside", () => {
    expect(fNumberColour(0.7, LIGHT)).toBe(fNumberColour(1, LIGHT));
    expect(fNumberColour(64, LIGHT)).toBe(fNumberColour(22, LIGHT));
  });
});
