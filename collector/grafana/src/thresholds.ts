import { ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";

/** From which value on a panel has a colour; the first is that of everything below. */
export type Steps = readonly [below: string, ...from: readonly (readonly [value: number, color: string])[]];

/** Good up to `warn`, bad from `bad` on. */
export const goodBelow = (warn: number, bad: number): Steps => ["green", [warn, "yellow"], [bad, "red"]];

/** Good only where nothing is. */
export const goodIfNone: Steps = ["green", [0.000_001, "red"]];

/** Bad below `bad`, good from `good` on. */
export const goodFrom = (bad: number, good: number): Steps => ["red", [bad, "yellow"], [good, "green"]];

/** Neither good nor bad. */
export const neutral: Steps = ["blue"];

export function thresholdsOf([below, ...from]: Steps): ThresholdsConfigBuilder {
  const steps = from.map(([value, color]) => ({ value, color }));
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: below }, ...steps]);
}
