/** Taking a plot home: CSV of its numbers, SVG and PNG of its picture. */

import type { Table } from "../charts/chart";
import type { Palette } from "./colour";
import { s } from "./dom";

/** RFC 4180, with a header; an unknown value is an empty cell. */
export function csv(table: Table): string {
  const cell = (value: string | number | null): string => {
    const text = value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [table.columns, ...table.rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** Room below an exported plot for the line that says what it is. */
export const CREDIT_HEIGHT = 26;

/** The SVG as a file of its own, on an opaque ground, with a line below it that says what it is. */
export function svgText(svg: SVGSVGElement, palette: Palette, credit: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name))) as [number, number];
  const whole = height + CREDIT_HEIGHT;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("height", String(whole));
  copy.setAttribute("viewBox", `0 0 ${width} ${whole}`);
  copy.prepend(s("rect", { width, height: whole, fill: palette.surface }));
  copy.append(s("text", { x: 4, y: whole - 9, "text-anchor": "start", fill: palette.quiet }, credit));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}`;
}

/** The SVG painted at `scale` pixels a unit. */
export async function png(text: string, width: number, height: number, scale = 2): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be painted"))),
        "image/png",
      );
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

export function save(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser reads the address after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
