/** One sequential scale for f-numbers, the same on every page: light is wide open, lightness falls evenly. */

export interface Palette {
  name: "light" | "dark";
  surface: string;
  ink: string;
  quiet: string;
  grid: string;
  accent: string;
  /** Fills behind the data: depth of field, prediction. */
  wedge: string;
  band: string;
  /** Stops of the f-number scale from wide open to fully stopped down. */
  stops: readonly string[];
  /** Up to six lenses side by side, each also told by its mark; the same as `--lens-0` and on in tokens.css. */
  lenses: readonly string[];
}

export const LIGHT: Palette = {
  name: "light",
  surface: "#ffffff",
  ink: "#1d1d1f",
  quiet: "#5d5d62",
  grid: "#e3e3e6",
  accent: "#00687a",
  wedge: "#ececee",
  band: "#cfe3e7",
  stops: ["#d87a00", "#cc4a3e", "#a92b70", "#6c2a8c", "#2b1f6b"],
  lenses: ["#0072b2", "#c24e00", "#00805e", "#a8438b", "#7a5b00", "#1d1d1f"],
};

export const DARK: Palette = {
  name: "dark",
  surface: "#1b1b1d",
  ink: "#f0f0f2",
  quiet: "#a9a9b0",
  grid: "#38383c",
  accent: "#5cc8dc",
  wedge: "#2a2a2d",
  band: "#1f4049",
  stops: ["#ffe28a", "#ffa95c", "#f0708a", "#c264c0", "#9070dc"],
  lenses: ["#56b4e9", "#ff9350", "#3fcf9f", "#e69cc8", "#f0e442", "#f0f0f2"],
};

const WIDEST = 1;
const NARROWEST = 22;

/** Place of an f-number on the scale, 0 at f/1 to 1 at f/22, even in stops. */
export function stopPosition(fNumber: number): number {
  const place = Math.log2(fNumber / WIDEST) / Math.log2(NARROWEST / WIDEST);
  return Math.min(1, Math.max(0, place));
}

/** The colour of an f-number, as a hex text. */
export function fNumberColour(fNumber: number, palette: Palette): string {
  const place = stopPosition(fNumber) * (palette.stops.length - 1);
  const lower = Math.min(Math.floor(place), palette.stops.length - 2);
  return mix(palette.stops[lower] as string, palette.stops[lower + 1] as string, place - lower);
}

/** A colour between two, mixed in OKLab so that lightness changes evenly. */
export function mix(from: string, to: string, share: number): string {
  const a = oklab(from);
  const b = oklab(to);
  return hex(a.map((value, axis) => value + share * ((b[axis] as number) - value)) as Triple);
}

/** WCAG relative luminance, 0 black to 1 white. */
export function luminance(colour: string): number {
  const [r, g, b] = linear(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG contrast ratio of two colours. */
export function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

type Triple = [number, number, number];

function linear(colour: string): Triple {
  const channel = (at: number): number => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

// Matrices of OKLab as its author gives them (B. Ottosson, "A perceptual color space for image processing", 2020).
function oklab(colour: string): Triple {
  const [r, g, b] = linear(colour);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function hex([lightness, a, b]: Triple): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb: Triple = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const byte = (value: number): string => {
    const inside = Math.min(1, Math.max(0, value));
    const encoded = inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${rgb.map(byte).join("")}`;
}
