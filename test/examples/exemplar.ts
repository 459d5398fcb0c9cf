import { type Answer, ask } from "../harness/ask.ts";

/** Sends a histogram `rated` of one value, which names a trace as its example: what a service's SDK may do, and ours does not. */
export function sendExemplar(otlpUrl: string, traceId: string): Promise<Answer> {
  const timeUnixNano = `${Date.now()}000000`;
  const point = {
    timeUnixNano,
    startTimeUnixNano: timeUnixNano,
    count: "1",
    sum: 0.5,
    explicitBounds: [1],
    bucketCounts: ["1", "0"],
    exemplars: [{ timeUnixNano, asDouble: 0.5, traceId, spanId: traceId.slice(16) }],
  };
  const metrics = [{ name: "rated", histogram: { aggregationTemporality: 2, dataPoints: [point] } }];
  return ask(`${otlpUrl}/v1/metrics`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
  });
}
