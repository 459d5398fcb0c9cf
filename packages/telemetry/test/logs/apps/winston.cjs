const { trace } = require("@opentelemetry/api");
const winston = require("winston");

const { createLogger, transports } = winston;
const log = createLogger({ transports: [new transports.Console(), new transports.Console({ level: "error" })] });
trace.getTracer("app").startActiveSpan("work", (span) => {
  log.child({ request: "r1" }).info("placed", { order: 7 });
  log.debug("not written");
  span.end();
});
winston.add(new transports.Console());
winston.error("failed", { error: new TypeError("no such order") });
