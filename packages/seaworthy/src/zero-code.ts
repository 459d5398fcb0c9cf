import type { HttpServer } from "@seaworthy/http";
import { SeaworthyError } from "@seaworthy/lifecycle";
import { isStarted, startBy } from "./start.ts";

/** Begins a life for an application that has no line of ours, when its first server listens. */
export function serveZeroCode(server: HttpServer): void {
  if (isStarted()) return;
  try {
    startBy("seaworthy/register", {}, { startedWhen: "listening" }).drain(server);
  } catch (error) {
    // Node prints what nobody catches. Nobody can catch this, and frames of ours would bury what there is to do.
    if (error instanceof SeaworthyError) error.stack = `${error.name}: ${error.message}`;
    throw error;
  }
}
