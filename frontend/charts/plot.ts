/** The one place where Observable Plot is called: fixed class name, no style element, our type and colours. */

import { plot } from "@observablehq/plot";
import type { PlotOptions } from "@observablehq/plot";
import type { Palette } from "../lib/colour";
import type { Size } from "./chart";

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

export interface Drawn {
  svg: SVGSVGElement;
  /** Place of a value on an axis, in pixels of the SVG; the middle of its band where the axis has bands. */
  x(value: number | string): number;
  y(value: number): number;
  /** The same for an axis of names. */
  yOf(name: string): number;
}

/** Draws a plot that the site's content policy accepts: Plot's own <style> is removed, its rules stand in plot.css. */
export function draw(options: PlotOptions, size: Size, palette: Palette): Drawn {
  const figure = plot({ ...options, width: size.width, height: size.height, className: "lensdb-plot" });
  const svg = figure as SVGSVGElement & typeof figure;
  svg.querySelector("style")?.remove();
  svg.setAttribute("font-family", FONT);
  svg.setAttribute("font-size", "12");
  svg.setAttribute("color", palette.ink);
  const scaled = (name: "x" | "y") => {
    const scale = figure.scale(name);
    return (value: number | string) => Number(scale?.apply(value)) + (scale?.bandwidth ?? 0) / 2;
  };
  return { svg, x: scaled("x"), y: scaled("y"), yOf: scaled("y") };
}
