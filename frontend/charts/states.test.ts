import { describe, expect, it } from "vitest";
import { F_NUMBERS, halfDof, lensPlot, lensVerdict } from "../fixtures/lens";
import { seriesResult } from "../fixtures/series";
import { domainAround, domainOf, everyFitting, fittingTicks } from "./scales";
import { appliedCriteria, depthOfField, seriesCurve, throughFocus } from "./seriesState";
import { copiesState } from "./copiesChart";
import { distanceState } from "./distanceState";
import { bandDistance, defaultBand, shiftByDistance, shiftByFNumber } from "./shiftState";

const MM = { unit: "mm", criterion: "0.006" } as const;

describe("shift against f-number", () => {
  it("runs wide to narrow, with every copy and the mean", () => {
    const state = shiftByFNumber(lensPlot(), "0.5", MM);
    expect(state.fNumbers).toEqual(F_NUMBERS);
    expect(state.copies.map((copy) => copy.label)).toEqual(["Copy A", "Copy B", "Copy C", "Copy D", "Copy E"]);
    expect(state.mean.map((point) => point.nCopies)).toEqual(F_NUMBERS.map(() => 5));
  });

  it("converts to the unit and keeps the wedge in it", () => {
    const plot = lensPlot();
    const at = (unit: "mm" | "um" | "share") => shiftByFNumber(plot, "0.5", { unit, criterion: "0.006" }).mean[3];
    const cell = plot.model.find((c) => c.band === "0.5" && c.f_number === 2.8);
    expect(at("mm")?.value).toBeCloseTo(cell?.mean_mm as number, 6);
    expect(at("um")?.value).toBe(cell?.mean_um);
    expect(at("share")?.value).toBeCloseTo(cell?.over_half_dof["0.006"] as number, 6);
    expect(at("mm")?.halfDepthOfField).toBeCloseTo(halfDof(2.8, 0.5, 0.006), 9);
    expect(at("share")?.halfDepthOfField).toBe(1);
    // Value and wedge cross at the same f-number whatever the unit, up to the wedge's first order.
    expect((at("um")?.value ?? 0) / (at("um")?.halfDepthOfField ?? 1)).toBeCloseTo(at("share")?.value as number, 1);
  });

  it("draws no prediction below three copies and no interval for one", () => {
    expect(shiftByFNumber(lensPlot([22, 20, 21]), "0.5", MM).hasPrediction).toBe(true);
    const two = shiftByFNumber(lensPlot([22, 20]), "0.5", MM);
    expect(two.hasPrediction).toBe(false);
    expect(two.mean[4]?.low).toBeNull();
    const one = shiftByFNumber(lensPlot([22]), "0.5", MM);
    expect(one.mean[4]?.low).toBeNull();
    expect(one.copies[0]?.points.every((point) => point.speaksForItself && point.low !== null)).toBe(true);
  });

  it("does not invent a millimetre without a focal length", () => {
    const plot = lensPlot();
    plot.lens.focal_length_mm = null;
    expect(shiftByFNumber(plot, "0.5", MM).mean).toEqual([]);
    expect(shiftByFNumber(plot, "0.5", { unit: "um", criterion: "0.006" }).mean).toHaveLength(9);
  });

  it("joins no f-number that few copies were measured at", () => {
    const plot = lensPlot();
    const lonely = plot.model.find((cell) => cell.band === "0.5" && cell.f_number === 11);
    if (lonely) lonely.n_copies = 1;
    const state = shiftByFNumber(plot, "0.5", MM);
    expect(state.mean.map((point) => point.fNumber)).toContain(11);
    expect(state.meanLine.map((point) => point.fNumber)).toEqual(F_NUMBERS.filter((fNumber) => fNumber !== 11));
  });

  it("names a band by the distance that was photographed at", () => {
    const plot = lensPlot();
    for (const cell of plot.model) if (cell.band === "0.5") cell.distance_m = 0.5512;
    expect(bandDistance(plot, "0.5")).toBe("0.55 m");
    expect(bandDistance({ ...plot, model: [] }, "0.5")).toBe("0.5 m");
  });

  it("opens at the band with the most copies", () => {
    expect(defaultBand(lensPlot())).toBe("0.5");
    expect(defaultBand({ ...lensPlot(), bands: [] })).toBe("");
  });
});

it("shift against distance runs near to far at one f-number", () => {
  const state = shiftByDistance(lensPlot(), 2.8, { unit: "um", criterion: "0.006" });
  expect(state.mean.map((point) => point.distanceM)).toEqual([0.5, 1, 2]);
  expect(state.mean.map((point) => point.nCopies)).toEqual([5, 3, 1]);
});

describe("shift three ways over distance", () => {
  const [um, mm, share] = distanceState(lensPlot(), lensVerdict(), 2.8, "0.006").panels;

  it("is level at the sensor, grows in mm, and stays against depth of field", () => {
    const ends = (panel: typeof um): number[] => [panel?.curve[0]?.value ?? NaN, panel?.curve[4]?.value ?? NaN];
    expect(ends(um)[1]).toBeCloseTo(ends(um)[0] as number, 6);
    expect(ends(mm)[1]).toBeGreaterThan(15 * (ends(mm)[0] as number));
    // Not quite: near, the same blur is N c / (m + 1) of defocus at the sensor, and m is 1/8 at 0.5 m.
    expect((ends(share)[1] as number) / (ends(share)[0] as number)).toBeCloseTo(1.026 / 1.113, 2);
  });

  it("puts single series where the curve of their lens is", () => {
    const point = share?.copies[0]?.points[1];
    expect(point?.distanceM).toBe(1);
    expect(point?.value).toBeCloseTo((mm?.copies[0]?.points[1]?.value ?? NaN) / halfDof(2.8, 1, 0.006), 6);
  });

  it("has no model at another f-number than the verdict's", () => {
    const state = distanceState(lensPlot(), lensVerdict(), 4, "0.006");
    expect(state.panels.map((panel) => panel.curve.length)).toEqual([0, 0, 0]);
    expect(state.panels[0]?.copies).toHaveLength(5);
  });
});

it("puts copies of a batch together, front to back", () => {
  const verdict = lensVerdict();
  verdict.copies.forEach((copy, index) => Object.assign(copy, { batch: `Batch ${(index % 2) + 1}`, um: -index }));
  expect(copiesState(verdict).lines.map((line) => line.label)).toEqual(
    ["E", "C", "A", "D", "B"].map((letter) => `Copy ${letter}`),
  );
});

it("draws no mean of one copy", () => {
  expect(copiesState(lensVerdict(lensPlot([22]))).mean).toBeNull();
  expect(copiesState(lensVerdict(lensPlot([22, 20]))).mean).not.toBeNull();
});

it("shows a copy's single series only where it has several", () => {
  expect(copiesState(lensVerdict()).lines.map((line) => line.series.length > 1)).toContain(true);
  expect(
    copiesState(lensVerdict(lensPlot([22, 20]))).lines.find((line) => line.label === "Copy A")?.series,
  ).toHaveLength(3);
});

describe("one series", () => {
  it("keeps basis and interval in every unit", () => {
    const result = seriesResult();
    const mm = seriesCurve(result, "mm", "0.006").points[3];
    expect([mm?.low, mm?.high]).toEqual(result.focus_shift[3]?.interval95_mm);
    const share = seriesCurve(result, "share", "0.006").points[3];
    expect((share?.high as number) / (share?.value as number)).toBeCloseTo(
      (mm?.high as number) / (mm?.value as number),
      9,
    );
    expect(
      seriesCurve(result, "um", "0.006")
        .points.map((point) => point.basis)
        .slice(-3),
    ).toEqual(["borrowed", "borrowed", "borrowed"]);
  });

  it("names f-numbers without a value instead of drawing them", () => {
    const result = seriesResult();
    Object.assign(result.focus_shift[2] ?? {}, { focus_shift_mm: null, interval95_mm: [null, null] });
    const curve = seriesCurve(result, "mm", "0.006");
    expect(curve.missing).toEqual([2]);
    expect(curve.points).toHaveLength(8);
  });

  it("puts repeats into one panel and leaves out photos without a curve", () => {
    const result = seriesResult([1.2, 2, 2, 4]);
    Object.assign(result.photos[3] ?? {}, { curve: null });
    const state = throughFocus(result);
    expect(state.panels.map((panel) => [panel.fNumber, panel.photos.length])).toEqual([
      [1.2, 1],
      [2, 2],
    ]);
    expect(state.depth).toEqual([-45, 45]);
  });

  it("shows depth of field on the chart's scale, the loose criterion behind the strict one", () => {
    const state = depthOfField(seriesResult());
    expect(state.bars.map((bar) => bar.bands.map((band) => band.criterion))).toEqual(
      F_NUMBERS.map(() => [0.03, 0.006]),
    );
    expect(state.depth[1]).toBeGreaterThanOrEqual(Math.max(...state.bars.map((bar) => bar.bestFocus)));
    expect(state.depth[1]).toBeLessThanOrEqual(45);
  });

  it("finds its criteria on a small sensor, where they are divided by the crop factor", () => {
    const result = seriesResult();
    for (const photo of result.photos) for (const band of photo.dof) band.criterion_mm /= 2;
    expect(appliedCriteria(result)).toEqual([0.003, 0.015]);
    expect(seriesCurve(result, "mm", "0.006").points[3]?.halfDepthOfField).toBeCloseTo(halfDof(2.8, 0.5, 0.006), 9);
  });

  it("survives a series in which nothing was measured", () => {
    const result = seriesResult([]);
    expect(seriesCurve(result, "mm", "0.006").points).toEqual([]);
    expect(throughFocus(result).panels).toEqual([]);
    expect(depthOfField(result).bars).toEqual([]);
  });
});

describe("scales", () => {
  it("has zero inside and never no height", () => {
    const [low, high] = domainOf([1, 2, null], 0.5);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(2);
    expect(domainOf([], 0.5).map((v) => Math.sign(v))).toEqual([-1, 1]);
  });

  it("lets a wide prediction press nothing flat", () => {
    const [low, high] = domainAround([0, 10], [-100, 12], 1);
    expect(low).toBeGreaterThan(-8);
    expect(high).toBeGreaterThan(12);
    expect(high).toBeLessThan(14);
  });

  it("keeps the widest and narrowest label and drops what would collide", () => {
    expect(fittingTicks(F_NUMBERS, 800)).toEqual(F_NUMBERS);
    const few = fittingTicks(F_NUMBERS, 150);
    expect([few[0], few[few.length - 1]]).toEqual([1.2, 16]);
    expect(few.length).toBeLessThan(F_NUMBERS.length);
    expect(fittingTicks([2.8], 100)).toEqual([2.8]);
    expect(everyFitting([1, 2, 3, 4, 5], 60)).toEqual([1, 3, 5]);
  });
});
