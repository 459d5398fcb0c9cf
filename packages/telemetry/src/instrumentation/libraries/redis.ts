import type { Instrumentation } from "@opentelemetry/instrumentation";
import { RedisInstrumentation } from "@opentelemetry/instrumentation-redis";
import { leaveOut } from "../leave-out.ts";

/** Its own setting for what is called outside of any trace leaves out the connection. */
export function create(config: { readonly requireParentSpan?: boolean }): Instrumentation {
  const instrumentation = new RedisInstrumentation(config);
  if (config.requireParentSpan === true) leaveOut(instrumentation, (_context, parent) => parent === undefined);
  return instrumentation;
}
