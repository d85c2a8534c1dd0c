/** Domains and ticks shared by the charts. Free of pixels except where a width says which labels fit. */

export type Domain = [number, number];

/** The range of the values, always with zero in it, a little air around it, and never empty. */
export function domainOf(values: readonly (number | null)[], least: number): Domain {
  const finite = values.filter((value): value is number => value !== null && Number.isFinite(value));
  let low = Math.min(0, ...finite);
  let high = Math.max(0, ...finite);
  const missing = least - (high - low);
  if (missing > 0) {
    low -= missing / 2;
    high += missing / 2;
  }
  const air = 0.07 * (high - low);
  return [low - air, high + air];
}

/**
 * The range of the values, widened for `ends` (of a prediction, say) by at most half of itself on each side: what
 * nobody measured must not press flat what somebody did. Marks beyond it are clipped.
 */
export function domainAround(
  values: readonly (number | null)[],
  ends: readonly (number | null)[],
  least: number,
): Domain {
  const [low, high] = domainOf(values, least);
  const most = (high - low) / 2;
  const kept = ends.map((end) => (end === null ? null : Math.min(high + most, Math.max(low - most, end))));
  return domainOf([...values, ...kept], least);
}

/** Unique f-numbers, wide to narrow. */
export function widthOrder(fNumbers: readonly number[]): number[] {
  return [...new Set(fNumbers)].sort((a, b) => a - b);
}

/** The f-numbers whose labels fit side by side on a logarithmic axis; the widest and the narrowest come first. */
export function fittingTicks(fNumbers: readonly number[], axisWidth: number, labelWidth = 22): number[] {
  const first = fNumbers[0];
  const last = fNumbers[fNumbers.length - 1];
  if (first === undefined || last === undefined || first === last) return [...fNumbers];
  const place = (n: number): number => (Math.log(n / first) / Math.log(last / first)) * axisWidth;
  const kept = [first, last];
  for (const n of fNumbers) {
    if (kept.every((other) => Math.abs(place(other) - place(n)) >= labelWidth)) kept.push(n);
  }
  return kept.sort((a, b) => a - b);
}

/** Those of evenly spaced labels that fit; the first is always there. */
export function everyFitting<T>(labels: readonly T[], axisWidth: number, labelWidth = 24): T[] {
  const step = Math.max(1, Math.ceil((labelWidth * labels.length) / axisWidth));
  return labels.filter((_, index) => index % step === 0);
}

/** The f-number axis: a quarter stop of air at both ends. */
export function fNumberDomain(fNumbers: readonly number[]): Domain {
  const low = Math.min(...fNumbers);
  const high = Math.max(...fNumbers);
  return [low * 2 ** -0.18, high * 2 ** 0.18];
}
