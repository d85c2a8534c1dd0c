import { describe, expect, it } from "vitest";
import { comparePlot, lensPlot, lensVerdict } from "../fixtures/lens";
import { seriesResult } from "../fixtures/series";
import { DARK, LIGHT } from "../lib/colour";
import { csv, svgText } from "../lib/download";
import type { Chart, Choices } from "./chart";
import { compareChart, compareState } from "./compareChart";
import { depthOfFieldChart } from "./depthChart";
import { creditLine, fileStem } from "./named";
import { seriesShiftChart } from "./seriesChart";
import { copiesChart, copiesState } from "./copiesChart";
import { distanceChart } from "./distanceChart";
import { shiftByFNumberChart } from "./shiftChart";
import { throughFocusChart } from "./throughFocusChart";

const CHARTS: [string, Chart][] = [
  ["shift by f-number", shiftByFNumberChart(lensPlot())],
  ["shift by f-number, one copy", shiftByFNumberChart(lensPlot([22]))],
  ["shift by distance", distanceChart(lensPlot(), lensVerdict())],
  ["shift by distance, without a verdict", distanceChart(lensPlot(), null)],
  ["copies", copiesChart("EF 50mm", "ef-50", lensVerdict())],
  ["lenses compared", compareChart(comparePlot())],
  ["series", seriesShiftChart(seriesResult(), { stem: "s", credit: "" })],
  ["through focus", throughFocusChart(seriesResult(), { stem: "s", credit: "" })],
  ["depth of field", depthOfFieldChart(seriesResult(), { stem: "s", credit: "" })],
];

function initial(chart: Chart): Choices {
  return Object.fromEntries(chart.controls.map((control) => [control.name, control.initial]));
}

function everyChoice(chart: Chart): Choices[] {
  return chart.controls.flatMap((control) =>
    control.options.map((option) => ({ ...initial(chart), [control.name]: option.value })),
  );
}

describe.each(CHARTS)("%s", (_name, chart) => {
  it("obeys a content policy without inline styles", () => {
    for (const palette of [LIGHT, DARK]) {
      const { svg } = chart.view(initial(chart), { width: 320, height: 300 }, palette);
      expect(svg.querySelectorAll("style, [style]")).toHaveLength(0);
      expect(svg.getAttribute("class")).toBe("lensdb-plot");
    }
  });

  it("draws every choice with marks inside the picture", () => {
    for (const choices of [initial(chart), ...everyChoice(chart)]) {
      const { svg, readings } = chart.view(choices, { width: 600, height: chart.height(600, choices) }, LIGHT);
      expect(svg.querySelectorAll("path, rect, circle, line").length).toBeGreaterThan(5);
      expect(svg.outerHTML).not.toMatch(/NaN|undefined/);
      for (const reading of readings) {
        expect(reading.x).toBeGreaterThanOrEqual(0);
        expect(reading.x).toBeLessThanOrEqual(600);
        expect(Number.isFinite(reading.y)).toBe(true);
      }
    }
  });

  it("says in words and in a table what it draws", () => {
    const choices = initial(chart);
    expect(chart.summary(choices)).toMatch(/f\/|m: /);
    const table = chart.table(choices);
    expect(table.rows.length).toBeGreaterThan(0);
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
  });
});

it("hides the copies when they are a thicket", () => {
  const many = shiftByFNumberChart(lensPlot(Array.from({ length: 20 }, (_, i) => 18 + i / 4)));
  const { readings } = many.view(initial(many), { width: 600, height: 300 }, LIGHT);
  expect(readings).toHaveLength(9);
  expect(many.legend(initial(many)).map((item) => item.label)).not.toContain("one copy each");
});

it("draws distance three ways side by side, and one below the other where it is narrow", () => {
  const chart = distanceChart(lensPlot(), lensVerdict());
  const places = (width: number): (string | null)[] => {
    const { svg } = chart.view(initial(chart), { width, height: chart.height(width, initial(chart)) }, LIGHT);
    return [...svg.children].map((panel) => panel.getAttribute("transform"));
  };
  expect(places(900)).toEqual(["translate(0,0)", "translate(300,0)", "translate(600,0)"]);
  expect(places(300)).toEqual(["translate(0,0)", "translate(0,230)", "translate(0,460)"]);
});

it("marks the odd copy and the reader's own among the others", () => {
  const own = { label: "Your copy", um: 17, low_um: 15, high_um: 19, n_series: 1 };
  const chart = copiesChart("EF 50mm", "ef-50", lensVerdict(), [own]);
  expect(copiesState(lensVerdict(), [own]).lines.map((line) => line.label)).toEqual([
    "Copy B",
    "Copy E",
    "Your copy",
    "Copy D",
    "Copy A",
    "Copy C",
  ]);
  expect(chart.summary({})).toMatch(/Copy E: \+\d+ µm behind.*unlike the others/);
  expect(chart.legend({}).map((item) => item.label)).toContain("your copy");
});

it("compares only lenses that have a value in the unit", () => {
  const plot = comparePlot();
  for (const point of plot.lenses[1]?.points ?? []) point.mm = null;
  expect(compareState(plot, "um").lenses.map((lens) => lens.place)).toEqual([0, 1]);
  expect(compareState(plot, "mm").lenses.map((lens) => lens.place)).toEqual([0]);
});

it("tells compared lenses apart without colour", () => {
  const chart = compareChart(comparePlot());
  const { svg } = chart.view(initial(chart), { width: 600, height: 300 }, LIGHT);
  const marks = [...svg.querySelectorAll('g[aria-label="dot"]')].map((g) => g.querySelector("path, circle")?.outerHTML);
  expect(new Set(marks.map((mark) => mark?.replace(/transform="[^"]*"|c[xy]="[^"]*"/g, ""))).size).toBe(2);
});

it("says below the plot from how much, how and when", () => {
  const chart = shiftByFNumberChart(lensPlot());
  expect(chart.credit(initial(chart))).toBe(
    "Canon EF 50mm f/1.2L USM, simulated \u00b7 5 copies, 5 series \u00b7 at 0.5 m \u00b7 shift in mm, mean with 95 % interval" +
      " \u00b7 best focus: peak of contrast at 20 lp/mm \u00b7 LensDB, analysis 2026.11.1, 23 Nov 2026",
  );
});

it("says behind and in front on the depth axis", () => {
  const chart = seriesShiftChart(seriesResult(), { stem: "s", credit: "" });
  const { svg } = chart.view(initial(chart), { width: 600, height: 300 }, LIGHT);
  expect(svg.textContent).toContain("behind");
  expect(svg.textContent).toContain("in front");
});

it("writes CSV that other programs read", () => {
  const text = csv({
    columns: ["name", "value"],
    rows: [
      ['a, "b"', 1.5],
      ["c", null],
    ],
  });
  expect(text).toBe('name,value\r\n"a, ""b""",1.5\r\nc,\r\n');
});

it("writes an SVG that stands alone on an opaque ground", () => {
  const chart = seriesShiftChart(seriesResult(), { stem: "s", credit: "" });
  const credit = creditLine("EF 50mm", { analysis_version: "2026.11.1", simulated: true });
  const text = svgText(chart.view(initial(chart), { width: 900, height: 360 }, LIGHT).svg, LIGHT, credit);
  expect(text).toMatch(/^<\?xml/);
  expect(text).toContain('xmlns="http://www.w3.org/2000/svg"');
  expect(text).toContain('fill="#ffffff"');
  expect(text).toContain('viewBox="0 0 900 386"');
  expect(text).toContain("EF 50mm, simulated · best focus: peak of contrast at 20 lp/mm · LensDB, analysis 2026.11.1");
});

it("makes file names that every system takes", () => {
  expect(fileStem("EF 50mm f/1.2L at 0.5 m")).toBe("ef-50mm-f-1-2l-at-0-5-m");
  expect(fileStem("…")).toBe("series");
});
