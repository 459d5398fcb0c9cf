import type { Instrumentation } from "@opentelemetry/instrumentation";
import { MongoDBInstrumentation } from "@opentelemetry/instrumentation-mongodb";
import { leaveOut } from "../leave-out.ts";
import { inMongoose } from "./in-mongoose.ts";

export function create(config: object): Instrumentation {
  const instrumentation = new MongoDBInstrumentation(config);
  leaveOut(instrumentation, (context) => context.getValue(inMongoose) === true);
  return instrumentation;
}
