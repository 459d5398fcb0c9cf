import type { Instrumentation } from "@opentelemetry/instrumentation";
import { MySQL2Instrumentation } from "@opentelemetry/instrumentation-mysql2";
import { leaveOut } from "../leave-out.ts";

/** It has no setting of its own for what is called outside of any trace. */
export function create({ requireParentSpan, ...config }: { requireParentSpan?: boolean }): Instrumentation {
  const instrumentation = new MySQL2Instrumentation(config);
  if (requireParentSpan === true) leaveOut(instrumentation, (_context, parent) => parent === undefined);
  return instrumentation;
}
