/** What is read of a histogram of the times between two samples, in nanoseconds. */
export interface SampledIntervals {
  readonly count: number;
  readonly mean: number;
  percentile(percentile: number): number;
}

/**
 * Says how late a timer due at a random moment of the sampled time would have fired, in nanoseconds, in the best
 * `percentile` percent of cases, when that is over the limit; otherwise, or without a sample, nothing.
 *
 * A sample that came `late` delays such a timer by more than `d` during `late - d` of its time. The answer is the `d`
 * for which those spans, over all samples, add up to the share of time that may be worse. Only samples that are later
 * than `d` take part, so we take them from the latest on, and stop where the next would be none of them.
 */
export function delayOver(
  limitNs: number,
  percentile: number,
  resolutionNs: number,
  sampled: SampledIntervals,
): number | undefined {
  const { count } = sampled;
  if (count === 0) return undefined;
  const allowedNs = count * sampled.mean * (1 - percentile / 100);

  let latestNs = 0;
  let taken = 0;
  while (taken < count) {
    const lateNs = sampled.percentile((100 * (count - taken)) / count) - resolutionNs;
    if (lateNs <= limitNs || (taken > 0 && latestNs - taken * lateNs >= allowedNs)) break;
    latestNs += lateNs;
    taken += 1;
  }
  const delayNs = taken === 0 ? 0 : (latestNs - allowedNs) / taken;
  return delayNs > limitNs ? delayNs : undefined;
}
