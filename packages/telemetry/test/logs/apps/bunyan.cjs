const { trace } = require("@opentelemetry/api");
const bunyan = require("bunyan");

const log = bunyan.createLogger({ name: "app" }).child({ request: "r1" });
trace.getTracer("app").startActiveSpan("work", (span) => {
  log.info({ order: 7 }, "placed");
  log.debug("not written");
  span.end();
});
new bunyan({ name: "app" }).error(new TypeError("no such order"), "failed");
