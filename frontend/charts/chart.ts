/** What every chart offers to the frame around it. A State knows no pixels; a Render turns it into one SVG. */

import type { Palette } from "../lib/colour";

export interface Size {
  width: number;
  height: number;
}

/** A datum that can be pointed at, or walked to by keyboard: its place in the picture and what it says. */
export interface Reading {
  x: number;
  y: number;
  text: string;
}

export interface View {
  svg: SVGSVGElement;
  readings: Reading[];
}

export type CellValue = string | number | null;

export interface Table {
  columns: string[];
  rows: CellValue[][];
}

export interface Option {
  value: string;
  label: string;
}

/** A choice above the plot: a row of buttons, or a list when there are many. */
export interface Control {
  name: string;
  legend: string;
  options: Option[];
  initial: string;
  /** Shown only while this holds; a blur criterion says nothing about plain millimetres. */
  shownWhen?: (choices: Choices) => boolean;
}

export type Choices = Record<string, string>;

export interface LegendItem {
  /** Class of the swatch: `key-line`, `key-band` … drawn in CSS. */
  swatch: string;
  label: string;
}

export interface Chart {
  /** Stem of the names of downloads. */
  fileName: string;
  /** What stands below the plot, and goes with it where it is taken: of whom, from how much, how, by which analysis. */
  credit(choices: Choices): string;
  controls: Control[];
  view(choices: Choices, size: Size, palette: Palette): View;
  height(width: number, choices: Choices): number;
  legend(choices: Choices): LegendItem[];
  /** What the plot shows, in words: its text alternative. */
  summary(choices: Choices): string;
  table(choices: Choices): Table;
}
