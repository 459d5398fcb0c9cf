import type { Attributes, Histogram, Meter } from "@opentelemetry/api";
import type { Methods } from "./method.ts";
import { durationBuckets, metrics, names } from "./names.ts";
import { type Series, seriesOf } from "./series.ts";

/** What of an exchange its series depends on. */
export interface Outcome {
  /** As `Methods` count. */
  readonly methodNumber: number;
  readonly isSecure: boolean;
  readonly version: string;
  /** Undefined when none was sent. */
  readonly status: number | undefined;
  readonly route: string | undefined;
  /** What went wrong; see `error.type`. */
  readonly error: string | undefined;
}

/** As many series as the SDK keeps of one instrument; what comes beyond is not remembered here. */
const limit = 2_000;

/**
 * The duration of server requests. Each series is made once, and found again by the route and one number.
 */
export function serverDurations(meter: Meter, methods: Methods): (seconds: number, outcome: Outcome) => void {
  const histogram: Histogram = meter.createHistogram(metrics.serverDuration, {
    description: "Duration of HTTP server requests.",
    unit: "s",
    advice: { explicitBucketBoundaries: [...durationBuckets] },
  });
  const routes = new Map<string | undefined, Map<number, Series>>();
  let size = 0;

  function remembered(outcome: Outcome): Series | undefined {
    const key = keyOf(outcome, methods);
    if (key < 0) return undefined;
    let series = routes.get(outcome.route);
    const found = series?.get(key);
    if (found) return found;
    if (size >= limit) return undefined;
    const made = seriesOf(histogram, attributesOf(outcome, methods));
    size += 1;
    if (!series) routes.set(outcome.route, (series = new Map()));
    series.set(key, made);
    return made;
  }
  return (seconds, outcome) => {
    const series = remembered(outcome);
    if (series) series.record(seconds);
    else histogram.record(seconds, attributesOf(outcome, methods));
  };
}

const versions = ["1.1", "2", "1.0"];

/** One number for all but the route; negative for what is too rare to be remembered. */
function keyOf({ methodNumber, isSecure, version, status, error }: Outcome, { count }: Methods): number {
  const place = versions.indexOf(version);
  const isUsual = error === undefined || error === errorOfStatus(status);
  return isUsual && place >= 0 ? ((status ?? 0) * count + methodNumber) * 8 + place * 2 + (isSecure ? 1 : 0) : -1;
}

/** A server error is its status. */
export const errorOfStatus = (status: number | undefined): string | undefined =>
  status !== undefined && status >= 500 ? String(status) : undefined;

function attributesOf(outcome: Outcome, methods: Methods): Attributes {
  const { methodNumber, isSecure, version, status, route, error } = outcome;
  const attributes: Attributes = {
    [names.method]: methods.nameOf(methodNumber),
    [names.scheme]: isSecure ? "https" : "http",
    [names.protocolVersion]: version,
  };
  if (status !== undefined) attributes[names.status] = status;
  if (route !== undefined) attributes[names.route] = route;
  if (error !== undefined) attributes[names.errorType] = error;
  return attributes;
}
