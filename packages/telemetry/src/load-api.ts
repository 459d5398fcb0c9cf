import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as Api from "@opentelemetry/api";

/**
 * Loads the application's copy of `@opentelemetry/api`, and of its two builds the one that the application uses itself:
 * a tracer that it has taken before telemetry was there finds its way through that build only, and what is loaded already
 * costs nothing. The one for CommonJS also loads in half of the time.
 *
 * What is published calls it wherever the sources import that package.
 */
export function loadApi(): typeof Api {
  const require = createRequire(import.meta.url);
  if (require.main === undefined) {
    try {
      return require(fileURLToPath(import.meta.resolve("@opentelemetry/api"))) as typeof Api;
    } catch {
      // Somebody is importing it at this very moment, which Node 22 minds.
    }
  }
  return require("@opentelemetry/api") as typeof Api;
}
