import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./ask.ts";
import type { Scope } from "./scope.ts";

/** Asks for each page again and again, whatever the answer, until the scope is over. */
export function keepAsking(scope: Scope, pages: readonly string[]): void {
  const over = new AbortController();
  const asking = pages.map(async (page) => {
    while (!over.signal.aborted) {
      await ask(page).catch(() => undefined);
      // Between two that block it, a service has time to answer somebody else.
      await sleep(50);
    }
  });
  scope.after(async () => {
    over.abort();
    await Promise.all(asking);
  });
}
