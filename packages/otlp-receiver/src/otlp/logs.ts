import {
  type AttributeValue,
  type Attributes,
  type WireAnyValue,
  type WireKeyValue,
  anyValue,
  attributesOf,
} from "./any-value.ts";
import { idOf } from "./identity.ts";
import { type Origin, type WireResource, type WireScope, originOf } from "./origin.ts";
import { msOf } from "./time.ts";

/** A log record as it arrived. Times are milliseconds since the epoch. */
export interface LogRecord extends Origin {
  readonly body: AttributeValue;
  /** From 1 (TRACE) to 24 (FATAL4); 0 when it was not sent. */
  readonly severityNumber: number;
  /** The severity's name where it was logged; empty when it was not sent. */
  readonly severityText: string;
  readonly eventName: string;
  /** When it happened, or was observed where that is all that is known. */
  readonly timeMs: number;
  readonly observedMs: number;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  /** The W3C trace flags in the lowest 8 bits. */
  readonly flags: number;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

interface WireLogRecord {
  readonly timeUnixNano?: bigint;
  readonly observedTimeUnixNano?: bigint;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly eventName?: string;
  readonly body?: WireAnyValue;
  readonly attributes: readonly WireKeyValue[];
  readonly droppedAttributesCount?: number;
  readonly flags?: number;
  readonly traceId?: Uint8Array;
  readonly spanId?: Uint8Array;
}

interface WireRequest {
  readonly resourceLogs: readonly (WireResource & {
    readonly scopeLogs: readonly (WireScope & { readonly logRecords: readonly WireLogRecord[] })[];
  })[];
}

/**
 * Lists the log records of a request in their order.
 *
 * @throws `Malformed` for an id that cannot be one
 */
export function logsIn(request: unknown): LogRecord[] {
  return (request as WireRequest).resourceLogs.flatMap((resource) =>
    resource.scopeLogs.flatMap((scope) => {
      const origin = originOf(resource, scope);
      return scope.logRecords.map((record) => logOf(record, origin));
    }),
  );
}

function logOf(wire: WireLogRecord, origin: Origin): LogRecord {
  return {
    body: anyValue(wire.body),
    severityNumber: wire.severityNumber ?? 0,
    severityText: wire.severityText ?? "",
    eventName: wire.eventName ?? "",
    timeMs: msOf(wire.timeUnixNano || wire.observedTimeUnixNano),
    observedMs: msOf(wire.observedTimeUnixNano),
    traceId: idOf(wire.traceId, "trace", "a log record"),
    spanId: idOf(wire.spanId, "span", "a log record"),
    flags: wire.flags ?? 0,
    attributes: attributesOf(wire.attributes),
    droppedAttributesCount: wire.droppedAttributesCount ?? 0,
    ...origin,
  };
}
