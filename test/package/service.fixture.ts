// What a user writes, compiled against the packed declarations.

import { createServer } from "node:http";
import { start } from "seaworthy";

interface Pool {
  query(text: string, signal: AbortSignal): Promise<void>;
  end(): Promise<void>;
}

export function serve(pool: Pool): void {
  const svc = start({ name: "orders" });
  svc.check("postgres", ({ signal }) => pool.query("select 1", signal), {
    gates: "readiness",
    intervalMs: 5_000,
    timeoutMs: 1_000,
    failAfter: 3,
  });
  svc.onStop("postgres", () => pool.end());
  const server = createServer((_request, response) => response.end("ok"));
  server.listen(8080, () => svc.markStarted());
}
