import { type Attributes, type WireKeyValue, attributesOf } from "./any-value.ts";
import { idOf, requiredId } from "./identity.ts";
import { type Origin, type WireResource, type WireScope, originOf } from "./origin.ts";
import { msOf } from "./time.ts";

const kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const statusCodes = ["unset", "ok", "error"] as const;

/** What a span stands for. */
export type SpanKind = (typeof kinds)[number];

/** Whether what a span stands for went well. */
export type SpanStatusCode = (typeof statusCodes)[number];

/** Something that happened during a span. */
export interface SpanEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** Another span that a span points at. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** A span as it arrived. Times are milliseconds since the epoch. */
export interface Span extends Origin {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined where the trace begins. */
  readonly parentSpanId: string | undefined;
  /** Whether the parent is in another process; undefined when the sender does not say. */
  readonly parentIsRemote: boolean | undefined;
  readonly traceState: string;
  /** The W3C trace flags in the lowest 8 bits, and what OTLP says about the parent in the next two. */
  readonly flags: number;
  readonly startMs: number;
  readonly endMs: number;
  /** From start to end, exact to the nanosecond. */
  readonly durationMs: number;
  readonly status: { readonly code: SpanStatusCode; readonly message: string };
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly events: readonly SpanEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly SpanLink[];
  readonly droppedLinksCount: number;
}

interface WireSpan {
  readonly traceId?: Uint8Array;
  readonly spanId?: Uint8Array;
  readonly parentSpanId?: Uint8Array;
  readonly traceState?: string;
  readonly flags?: number;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: bigint;
  readonly endTimeUnixNano?: bigint;
  readonly attributes: readonly WireKeyValue[];
  readonly droppedAttributesCount?: number;
  readonly events: readonly WireEvent[];
  readonly droppedEventsCount?: number;
  readonly links: readonly WireLink[];
  readonly droppedLinksCount?: number;
  readonly status?: { readonly code?: number; readonly message?: string };
}

interface WireEvent {
  readonly name?: string;
  readonly timeUnixNano?: bigint;
  readonly attributes: readonly WireKeyValue[];
  readonly droppedAttributesCount?: number;
}

interface WireLink {
  readonly traceId?: Uint8Array;
  readonly spanId?: Uint8Array;
  readonly traceState?: string;
  readonly flags?: number;
  readonly attributes: readonly WireKeyValue[];
  readonly droppedAttributesCount?: number;
}

interface WireRequest {
  readonly resourceSpans: readonly (WireResource & {
    readonly scopeSpans: readonly (WireScope & { readonly spans: readonly WireSpan[] })[];
  })[];
}

/** `Span.flags` of opentelemetry-proto: whether the sender says where the parent is, and what it says. */
const saysRemote = 0x100;
const isRemote = 0x200;

/**
 * Lists the spans of a request in their order.
 *
 * @throws `Malformed` for an id that cannot be one
 */
export function spansIn(request: unknown): Span[] {
  return (request as WireRequest).resourceSpans.flatMap((resource) =>
    resource.scopeSpans.flatMap((scope) => {
      const origin = originOf(resource, scope);
      return scope.spans.map((span) => spanOf(span, origin));
    }),
  );
}

function spanOf(wire: WireSpan, origin: Origin): Span {
  const { name = "", flags = 0, startTimeUnixNano: start = 0n, endTimeUnixNano: end = 0n } = wire;
  const place = `the span ${JSON.stringify(name)}`;
  return {
    name,
    kind: kinds[wire.kind ?? 0] ?? "unspecified",
    traceId: requiredId(wire.traceId, "trace", place),
    spanId: requiredId(wire.spanId, "span", place),
    parentSpanId: idOf(wire.parentSpanId, "span", `the parent of ${place}`),
    parentIsRemote: flags & saysRemote ? (flags & isRemote) !== 0 : undefined,
    traceState: wire.traceState ?? "",
    flags,
    startMs: msOf(start),
    endMs: msOf(end),
    durationMs: msOf(end - start),
    status: { code: statusCodes[wire.status?.code ?? 0] ?? "unset", message: wire.status?.message ?? "" },
    attributes: attributesOf(wire.attributes),
    droppedAttributesCount: wire.droppedAttributesCount ?? 0,
    events: wire.events.map(eventOf),
    droppedEventsCount: wire.droppedEventsCount ?? 0,
    links: wire.links.map((link) => linkOf(link, place)),
    droppedLinksCount: wire.droppedLinksCount ?? 0,
    ...origin,
  };
}

function eventOf(wire: WireEvent): SpanEvent {
  return {
    name: wire.name ?? "",
    timeMs: msOf(wire.timeUnixNano),
    attributes: attributesOf(wire.attributes),
    droppedAttributesCount: wire.droppedAttributesCount ?? 0,
  };
}

function linkOf(wire: WireLink, place: string): SpanLink {
  return {
    traceId: requiredId(wire.traceId, "trace", `a link of ${place}`),
    spanId: requiredId(wire.spanId, "span", `a link of ${place}`),
    traceState: wire.traceState ?? "",
    flags: wire.flags ?? 0,
    attributes: attributesOf(wire.attributes),
    droppedAttributesCount: wire.droppedAttributesCount ?? 0,
  };
}
