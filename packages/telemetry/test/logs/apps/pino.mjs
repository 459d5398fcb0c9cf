import { trace } from "@opentelemetry/api";
import pino, { pino as named } from "pino";

const log = named({ level: "info" }).child({ request: "r1" });
trace.getTracer("app").startActiveSpan("work", (span) => {
  log.info({ order: 7 }, "placed");
  log.debug("not written");
  span.end();
});
pino().error(new TypeError("no such order"), "failed");
