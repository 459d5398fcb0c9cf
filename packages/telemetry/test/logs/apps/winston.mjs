import { trace } from "@opentelemetry/api";
import winston, { createLogger, transports } from "winston";

const log = createLogger({ transports: [new transports.Console(), new transports.Console({ level: "error" })] });
trace.getTracer("app").startActiveSpan("work", (span) => {
  log.child({ request: "r1" }).info("placed", { order: 7 });
  log.debug("not written");
  span.end();
});
winston.add(new transports.Console());
winston.error("failed", { error: new TypeError("no such order") });
