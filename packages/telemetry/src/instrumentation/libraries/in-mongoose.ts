import { createContextKey } from "@opentelemetry/api";

/** Set while an operation of mongoose runs that has a span: what it asks of the driver is the same operation. */
export const inMongoose: symbol = createContextKey("an operation of mongoose");
