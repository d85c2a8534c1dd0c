/** What the server puts into a page: the shapes of `analysis.results.SeriesResult.to_json` and of the lens plot. */

/** A number that the server could not give: null, and a flag beside it says why. */
export type Maybe = number | null;
export type Interval = [Maybe, Maybe];
export type Basis = "measured" | "borrowed";

/**
 * By blur criterion: "0.006" is one pixel and "0.030" a print, in mm on a full-frame sensor. On a smaller sensor the
 * criterion applied is smaller by the crop factor, and `DepthOfField.criterion_mm` holds that one.
 */
export type Criterion = "0.006" | "0.030";
export type ByCriterion = Partial<Record<string, Maybe>>;

export interface DepthOfField {
  criterion_mm: number;
  near_mm: Maybe;
  far_mm: Maybe;
}

export interface ThroughFocus {
  depth_mm: number[];
  mtf20: Maybe[];
  fit: Maybe[];
}

/** (row in the picture, depth in mm): enough to draw a depth by linear interpolation. */
export type DepthRow = [number, number];

export interface ReelPicture {
  chart_name: string;
  chart_width_px: number;
  chart_height_px: number;
  chart_depth_rows: DepthRow[];
  crop_name: string;
  crop_width_px: number;
  crop_height_px: number;
  crop_depth_rows: DepthRow[];
}

export interface PhotoResult {
  file: string;
  f_number: Maybe;
  best_focus_mm: Maybe;
  se_mm: Maybe;
  interval95_mm: Interval;
  basis: Basis | null;
  near_limit_mm: Maybe;
  far_limit_mm: Maybe;
  dof: DepthOfField[];
  best_focus_10lp_mm: Maybe;
  best_focus_40lp_mm: Maybe;
  flags: string[];
  problem: string;
  curve: ThroughFocus | null;
  reel: ReelPicture | null;
}

export interface ShiftResult {
  f_number: number;
  n_photos: number;
  focus_shift_mm: Maybe;
  se_mm: Maybe;
  interval95_mm: Interval;
  basis: Basis | null;
  focus_shift_um: Maybe;
  focus_shift_um_se: Maybe;
  shift_over_half_dof: ByCriterion;
  flags: string[];
}

export interface Pose {
  tilt_deg: number;
  distance_mm: number;
  magnification: number;
}

export interface SeriesFacts {
  chart: string;
  lens: string;
  body: string;
  focal_length_mm: Maybe;
  pixel_pitch_um: Maybe;
  pose: Pose | null;
  reference_f_number: Maybe;
  static_offset_mm: Maybe;
  static_offset_se_mm: Maybe;
  flags: string[];
}

export interface SeriesResult {
  analysis_version: string;
  series: SeriesFacts;
  photos: PhotoResult[];
  focus_shift: ShiftResult[];
}

/** `json_script id="series-result"`: on the site pictures are addresses, in a report data URIs. */
export interface SeriesPayload {
  result: SeriesResult;
  pictures: Record<string, string>;
  simulated: boolean;
  name: string;
}

export interface Band {
  key: string;
  label: string;
  low_m: number;
  high_m: number;
}

export interface CopyPoint {
  f_number: number;
  band: string;
  distance_m: number;
  shift_um: Maybe;
  se_um: Maybe;
  shift_mm: Maybe;
  se_mm: Maybe;
  n_series: number;
  basis: Basis | null;
}

export interface CopyCurve {
  id: string;
  label: string;
  n_series: number;
  points: CopyPoint[];
}

export interface ModelCell {
  f_number: number;
  band: string;
  n_copies: number;
  n_series: number;
  distance_m: number;
  mean_um: Maybe;
  low_um: Maybe;
  high_um: Maybe;
  pred_low_um: Maybe;
  pred_high_um: Maybe;
  mean_mm: Maybe;
  low_mm: Maybe;
  high_mm: Maybe;
  half_dof_mm: ByCriterion;
  over_half_dof: ByCriterion;
}

/** `json_script id="lens-plot"`. */
export interface LensPlot {
  lens: { slug: string; name: string; widest_f_number: Maybe; focal_length_mm: Maybe };
  analysis_version: string;
  updated_at: string | null;
  simulated: boolean;
  bands: Band[];
  copies: CopyCurve[];
  model: ModelCell[];
}
