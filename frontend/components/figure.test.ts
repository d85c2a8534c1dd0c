import { beforeEach, describe, expect, it } from "vitest";
import { seriesShiftChart } from "../charts/seriesChart";
import { seriesResult } from "../fixtures/series";
import { mountFigure } from "./figure";
import { keyMove, nearestReading } from "./reader";

describe("reader", () => {
  const readings = [
    { x: 10, y: 10, text: "a" },
    { x: 50, y: 10, text: "b" },
  ];

  it("takes the nearest within reach", () => {
    expect(nearestReading(readings, 14, 12)).toBe(0);
    expect(nearestReading(readings, 200, 200)).toBe(-1);
  });

  it("walks with the keys and stops at the ends", () => {
    expect(["ArrowRight", "ArrowLeft", "End", "Home", "Escape", "x"].map((key) => keyMove(key, 1, 3))).toEqual([
      2,
      0,
      2,
      0,
      -1,
      null,
    ]);
    expect(keyMove("ArrowRight", 2, 3)).toBe(2);
    expect(keyMove("ArrowRight", -1, 0)).toBeNull();
  });
});

describe("figure", () => {
  let host: HTMLElement;

  beforeEach(() => {
    Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 600 });
    document.body.innerHTML = "<div></div>";
    host = document.body.firstElementChild as HTMLElement;
    mountFigure(host, seriesShiftChart(seriesResult(), { stem: "s", credit: "" }));
    return () => Reflect.deleteProperty(HTMLElement.prototype, "clientWidth");
  });

  it("redraws in the chosen unit and says so", () => {
    const picture = host.querySelector(".plot-picture") as HTMLElement;
    expect(picture.textContent).toContain("Focus shift (mm)");
    const um = host.querySelector('input[value="um"]') as HTMLInputElement;
    um.checked = true;
    um.dispatchEvent(new Event("change"));
    expect(picture.textContent).toContain("Focus shift (µm at the sensor)");
    expect(picture.getAttribute("aria-label")).toContain("µm");
  });

  it("reads values out by keyboard", () => {
    const picture = host.querySelector(".plot-picture") as HTMLElement;
    for (let i = 0; i < 4; i += 1) picture.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
    expect(host.querySelector("output")?.textContent).toMatch(/^f\/2.8: \+1.\d mm behind \(95 %.*measured$/);
    expect(host.querySelector(".plot-cursor")?.getAttribute("visibility")).toBe("visible");
  });

  it("offers its numbers and its picture", () => {
    expect([...host.querySelectorAll(".plot-downloads button")].map((button) => button.textContent)).toEqual([
      "CSV",
      "SVG",
      "PNG",
    ]);
  });
});
