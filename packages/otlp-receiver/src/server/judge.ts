import { type Encoding, contentTypes, encodingOf } from "../otlp/encoding.ts";
import { logsIn } from "../otlp/logs.ts";
import { Malformed } from "../otlp/malformed.ts";
import { type Metric, metricsIn } from "../otlp/metrics.ts";
import { type Pipeline, pipelineAt } from "../otlp/pipeline.ts";
import { spansIn } from "../otlp/spans.ts";
import { decodeRequest } from "../otlp/codec.ts";
import type { Load } from "../store.ts";
import { Refusal } from "./refusal.ts";

const empty: Load = { spans: [], metrics: [], logs: [] };

/** What a request must say of itself before its body is looked at. */
export interface Address {
  readonly pipeline: Pipeline;
  readonly encoding: Encoding;
}

/** @throws `Refusal` for a wrong path, method or content type */
export function judgeAddress(path: string, method: string, contentType: string | undefined): Address {
  const pipeline = pipelineAt(path);
  if (!pipeline) {
    throw new Refusal(404, `Expected the path /v1/traces, /v1/metrics or /v1/logs, got ${path}.`);
  }
  if (method !== "POST") throw new Refusal(405, `Expected POST, got ${method}.`);
  const encoding = encodingOf(contentType);
  if (!encoding) {
    const supported = Object.values(contentTypes).join(" or ");
    throw new Refusal(415, `Expected the content type ${supported}, got ${contentType ?? "none"}.`);
  }
  return { pipeline, encoding };
}

/** @throws `Refusal` for a body that is malformed */
export function judgeBody({ pipeline, encoding }: Address, body: Uint8Array): Load {
  try {
    const request = decodeRequest(pipeline, encoding, body);
    switch (pipeline) {
      case "traces":
        return { ...empty, spans: spansIn(request) };
      case "metrics":
        return { ...empty, metrics: metricsIn(request) };
      case "logs":
        return { ...empty, logs: logsIn(request) };
    }
  } catch (error) {
    throw error instanceof Malformed ? new Refusal(400, error.message) : error;
  }
}

/** What is left when the last `count` spans, points or log records are not taken. */
export function withoutLast({ spans, metrics, logs }: Load, count: number): Load {
  const kept: Metric[] = [];
  let left = metrics.reduce((sum, { points }) => sum + points.length, 0) - count;
  for (const metric of metrics) {
    if (left > 0) kept.push({ ...metric, points: metric.points.slice(0, left) });
    left -= metric.points.length;
  }
  return {
    spans: spans.slice(0, Math.max(0, spans.length - count)),
    metrics: kept,
    logs: logs.slice(0, Math.max(0, logs.length - count)),
  };
}
