import { context } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { MongooseInstrumentation } from "@opentelemetry/instrumentation-mongoose";
import { inMongoose } from "./in-mongoose.ts";

/** What runs an operation for which a span was started. */
interface Runner {
  _callOriginalFunction<Result>(operation: () => Result): Result;
}

/**
 * Its own setting for that, `suppressInternalInstrumentation`, would leave out every span in the application's hooks as
 * well, such as a call to another service before a document is saved.
 */
export function create(config: object): Instrumentation {
  const instrumentation = new MongooseInstrumentation(config);
  const runner = instrumentation as unknown as Runner;
  const run = runner["_callOriginalFunction"];
  if (typeof run === "function") {
    runner["_callOriginalFunction"] = (operation) =>
      context.with(context.active().setValue(inMongoose, true), () => run.call(instrumentation, operation) as never);
  }
  return instrumentation;
}
