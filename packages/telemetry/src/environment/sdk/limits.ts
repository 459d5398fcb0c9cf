import type { LogRecordLimits } from "@opentelemetry/sdk-logs";
import type { SpanLimits } from "@opentelemetry/sdk-trace";
import type { AttributeLimits, OtelSettings } from "../settings.ts";

/** The limits of `TracerProvider`. */
export function spanLimitsOf({ limits }: Pick<OtelSettings, "limits">): SpanLimits {
  const { eventCount, linkCount, attributesPerEvent, attributesPerLink } = limits.spans;
  return {
    ...attributeLimits(limits.attributes, limits.spans),
    eventCountLimit: eventCount,
    linkCountLimit: linkCount,
    attributePerEventCountLimit: attributesPerEvent,
    attributePerLinkCountLimit: attributesPerLink,
  };
}

/** The limits of `LoggerProvider`. */
export function logRecordLimitsOf({ limits }: Pick<OtelSettings, "limits">): LogRecordLimits {
  return attributeLimits(limits.attributes, limits.logs);
}

function attributeLimits(general: AttributeLimits, own: AttributeLimits): Required<LogRecordLimits> {
  return {
    attributeCountLimit: own.attributeCount ?? general.attributeCount ?? 128,
    attributeValueLengthLimit: own.attributeValueLength ?? general.attributeValueLength ?? Infinity,
  };
}
