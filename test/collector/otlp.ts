import { randomBytes } from "node:crypto";

/** An attribute of OTLP's JSON: strings, integers, lists of strings. */
export type Value = string | number | readonly string[];

/** A span as somebody forges it. */
export interface ForgedSpan {
  readonly name: string;
  readonly traceId?: string;
  readonly parentSpanId?: string;
  /** 2 is a server, 3 a client, 1 internal. */
  readonly kind?: number;
  readonly attributes?: Readonly<Record<string, Value>>;
  /** 2 is an error. */
  readonly status?: { readonly code: number; readonly message?: string };
  readonly durationMs?: number;
  readonly events?: readonly { readonly name: string; readonly attributes: Readonly<Record<string, Value>> }[];
}

export interface ForgedRecord {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, Value>>;
}

export const newTraceId = (): string => randomBytes(16).toString("hex");

function wireValue(value: Value): unknown {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "number") return { intValue: String(value) };
  return { arrayValue: { values: value.map(wireValue) } };
}

const wireAttributes = (attributes: Readonly<Record<string, Value>> = {}) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: wireValue(value) }));

function wireSpan({ name, traceId = newTraceId(), parentSpanId, kind = 2, status, ...rest }: ForgedSpan): unknown {
  const end = Date.now();
  const start = end - (rest.durationMs ?? 5);
  return {
    name,
    traceId,
    spanId: randomBytes(8).toString("hex"),
    ...(parentSpanId !== undefined && { parentSpanId }),
    kind,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${end}000000`,
    attributes: wireAttributes(rest.attributes),
    ...(status && { status }),
    events: (rest.events ?? []).map((event) => ({
      name: event.name,
      timeUnixNano: `${end}000000`,
      attributes: wireAttributes(event.attributes),
    })),
  };
}

async function post(url: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Sends forged spans to a Collector, as a service of some resource would. */
export const sendSpans = (
  url: string,
  spans: readonly ForgedSpan[],
  resource: Readonly<Record<string, Value>> = { "service.name": "forged" },
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  post(
    `${url}/v1/traces`,
    {
      resourceSpans: [
        { resource: { attributes: wireAttributes(resource) }, scopeSpans: [{ spans: spans.map(wireSpan) }] },
      ],
    },
    headers,
  );

/** A metric of one data point as somebody forges it: a sum, unless it is of another type. */
export interface ForgedMetric {
  readonly name?: string;
  readonly service?: string;
  readonly resource?: Readonly<Record<string, Value>>;
  readonly scope?: Readonly<Record<string, Value>>;
  readonly attributes?: Readonly<Record<string, Value>>;
  /** How old it is; of the future where it is negative. */
  readonly ageMs?: number;
  /** 2 is cumulative, 1 delta. */
  readonly temporality?: number;
  /** What it has instead of a sum, by OTLP's name of it. */
  readonly instead?: (point: object) => object;
}

function wireMetric({ name = "forged", service = "forged", ageMs = 0, temporality = 2, ...rest }: ForgedMetric) {
  const point = {
    asInt: "1",
    timeUnixNano: `${Date.now() - ageMs}000000`,
    attributes: wireAttributes(rest.attributes),
  };
  const sum = { aggregationTemporality: temporality, isMonotonic: true, dataPoints: [point] };
  const metrics = [{ name, ...(rest.instead?.(point) ?? { sum }) }];
  return {
    resource: { attributes: wireAttributes({ "service.name": service, ...rest.resource }) },
    scopeMetrics: [{ scope: { name: "forger", attributes: wireAttributes(rest.scope) }, metrics }],
  };
}

/** Sends forged metrics in one request. */
export const sendMetrics = (url: string, metrics: readonly ForgedMetric[]): Promise<Response> =>
  post(`${url}/v1/metrics`, { resourceMetrics: metrics.map(wireMetric) }, {});

/** Sends forged log records. */
export const sendRecords = (
  url: string,
  records: readonly ForgedRecord[],
  resource: Readonly<Record<string, Value>> = { "service.name": "forged" },
): Promise<Response> =>
  post(
    `${url}/v1/logs`,
    {
      resourceLogs: [
        {
          resource: { attributes: wireAttributes(resource) },
          scopeLogs: [
            {
              logRecords: records.map(({ body, attributes }) => ({
                timeUnixNano: `${Date.now()}000000`,
                body: { stringValue: body },
                attributes: wireAttributes(attributes),
              })),
            },
          ],
        },
      ],
    },
    {},
  );
