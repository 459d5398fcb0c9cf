import type { Attributes, Metric, Point, Receiver, Span } from "@seaworthy/otlp-receiver";
import { textOf } from "./text-of.ts";

/**
 * All that a receiver has of spans, metrics and who sent them, as one fact each, so that two runs of the same requests can be
 * compared: without ids, times, ports and process ids.
 */
export function factsOf(receiver: Receiver): Set<string> {
  const spans = receiver.spans();
  const last = new Map(receiver.metrics().map((metric) => [`${metric.scope.name} ${metric.name}`, metric]));
  const senders = [...spans, ...last.values()];
  return new Set([
    ...spans.flatMap((span) => spanFacts(span, spans)),
    ...[...last.values()].flatMap(metricFacts),
    ...senders.flatMap(({ resource }) => Object.keys(resource).map((key) => `resource: ${key}`)),
  ]);
}

function spanFacts(span: Span, all: readonly Span[]): string[] {
  const place = placeOf(span, all);
  const { name, status, events, links, parentIsRemote } = span;
  return [
    `${place}: named ${name}`,
    `${place}: status ${status.code} ${status.message}`.trimEnd(),
    ...(parentIsRemote ? [`${place}: has a remote parent`] : []),
    ...Object.entries(span.attributes).map(([key, value]) => `${place}: ${key} = ${plain(key, value)}`),
    ...events.map((event) => `${place}: event ${event.name} {${Object.keys(event.attributes).toSorted().join()}}`),
    ...links.map(() => `${place}: a link`),
  ];
}

/** What a span stands for, from the request of its trace on; what is internal on the way is passed over. */
function placeOf(span: Span, all: readonly Span[]): string {
  const parent = parentOf(span, all);
  const own = ownPlace(span);
  return parent ? `${placeOf(parent, all)} > ${own}` : own;
}

function parentOf({ parentSpanId }: Span, all: readonly Span[]): Span | undefined {
  const parent = all.find(({ spanId }) => spanId === parentSpanId);
  return parent?.kind === "internal" ? parentOf(parent, all) : parent;
}

function ownPlace({ kind, name, attributes }: Span): string {
  const { "http.request.method": method, "url.path": path, "url.full": url } = attributes;
  if (kind === "server") return `${textOf(method)} ${textOf(path)}`;
  if (kind === "client") return `calls ${textOf(method)} ${new URL(textOf(url)).pathname}`;
  return `${kind} ${name}`;
}

function metricFacts({ name, type, unit, temporality, points }: Metric): string[] {
  const kind = `metric ${name}: ${temporality ?? "any"} ${type} in ${unit}`;
  const isHttp = name.startsWith("http.");
  return [
    kind,
    ...(isHttp ? points.map((point) => `metric ${name}: {${attributesOf(point)}} ${point.count ?? ""}`) : []),
  ];
}

const attributesOf = ({ attributes }: Point): string =>
  Object.entries(attributes)
    .map(([key, value]) => `${key}=${plain(key, value)}`)
    .toSorted()
    .join(", ");

function plain(key: string, value: Attributes[string]): string {
  if (/\bport$/.test(key)) return "a port";
  return textOf(value).replaceAll(/(127\.0\.0\.1|localhost):\d{4,5}/g, "$1:port");
}
