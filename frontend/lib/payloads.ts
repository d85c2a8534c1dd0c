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
  /** ISO 8601; a report that was just made has none. */
  measured_at?: string;
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

/** One's own copy also carries what it is at the verdict's f-number, all its distances together. */
export interface OwnCurve extends CopyCurve {
  at_verdict?: { f_number: number; um: number; low_um: Maybe; high_um: Maybe; n_series: number };
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
  /** On the page of one's own copy: it, before and after each service. */
  own?: OwnCurve[];
}

/** Mean and the ends of its 95 % interval, in the unit of its key. */
export type Bounded = [Maybe, Maybe, Maybe];

export interface ComparePoint {
  f_number: number;
  measured_at_m: number;
  n_copies: number;
  n_series: number;
  um: Bounded;
  /** In the chosen scene; null where the lens does not focus so near. */
  mm: Bounded | null;
  share: Bounded | null;
}

/** `json_script id="compare-plot"`. */
export interface ComparePlot {
  distance_m: number;
  f_number: number;
  criterion: Criterion;
  analysis_version: string;
  simulated: boolean;
  lenses: { place: number; name: string; points: ComparePoint[] }[];
}

interface Ends {
  low_um: Maybe;
  high_um: Maybe;
}

/** The shift at one distance by the smooth model over all series. */
export interface SizeAt extends Ends {
  distance_m: number;
  um: Maybe;
  mm: Maybe;
  low_mm: Maybe;
  high_mm: Maybe;
  /** Beyond the distances that were measured. */
  extrapolated: boolean;
  half_dof_mm: ByCriterion;
  over_half_dof: ByCriterion;
}

/** One series at the verdict's f-number. */
export interface SeriesPointAt extends Ends {
  id: string;
  label: string;
  distance_m: number;
  um: Maybe;
  mm: Maybe;
  low_mm: Maybe;
  high_mm: Maybe;
  body: string;
}

/** One copy at the verdict's f-number, all its series together. */
export interface CopyAt extends Ends {
  id: string;
  label: string;
  um: Maybe;
  n_series: number;
  batch: string;
  odd: boolean;
  after_service: number;
}

/** The single series of a copy that has several where the verdict rests. */
export interface RepeatedCopy {
  id: string;
  values: { um: number; distance_m: number }[];
}

/** `json_script id="lens-verdict"`: what the copies say together at one f-number. */
export interface LensVerdict extends Ends {
  kind: string;
  f_number: number;
  n_copies: number;
  n_series: number;
  mean_um: Maybe;
  pred_low_um: Maybe;
  pred_high_um: Maybe;
  /** The same without the copies unlike the others; null where there is none. */
  without_odd: { mean_um: Maybe; pred_low_um: Maybe; pred_high_um: Maybe } | null;
  curve: SizeAt[];
  points: SeriesPointAt[];
  copies: CopyAt[];
  repeats: { rows: RepeatedCopy[] };
  simulated: boolean;
  analysis_version: string;
  updated_at: string | null;
}
