import { once } from "node:events";
import type { Agent } from "node:http";
import { connect } from "node:net";
import type { TestContext } from "node:test";
import type { ManualClock } from "@seaworthy/lifecycle/testing";
import { ask } from "../harness/ask.ts";
import { plain } from "./transports.ts";
import { until } from "./until.ts";

/** Customers of a service that is about to stop: one is idle until the listener has closed. */
export interface Visitors {
  /**
   * Visits over a kept connection and over new ones through a window of so many milliseconds, and on the idle socket
   * once the listener has closed. Tells each status that was heard.
   */
  visit(windowMs: number): Promise<readonly number[]>;
}

/** They come by before anything stops. */
export async function visitors(t: TestContext, url: string, clock: ManualClock): Promise<Visitors> {
  const [kept, idle] = [plain.keepAliveAgent(), plain.keepAliveAgent()];
  t.after(() => [kept, idle].forEach((agent) => agent.destroy()));
  const statusBy = async (agent: Agent | false): Promise<number> => (await ask(url, { agent })).status;
  const before = [await statusBy(kept), await statusBy(idle)];
  const { port, hostname } = new URL(url);
  const isRefused = (): Promise<boolean> => {
    const socket = connect(Number(port), hostname);
    return once(socket, "connect").then(
      () => socket.destroy() && false,
      () => true,
    );
  };
  return {
    async visit(windowMs) {
      const during: number[] = [];
      for (let passed = 0; passed < windowMs; passed += 100) {
        during.push(await statusBy(kept), await statusBy(false));
        await clock.advance(100);
      }
      await until(isRefused);
      return [...before, ...during, await statusBy(idle)];
    },
  };
}
