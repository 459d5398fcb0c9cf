import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import { ask } from "../harness/ask.ts";

/** Customers who order again and again, until they are told to stop. */
export interface Customers {
  /** How many orders were taken so far. */
  taken(): number;
  /** Lets every customer finish the order it is at, and tells what went wrong. */
  stop(): Promise<readonly string[]>;
}

/** Each customer keeps one connection, thinks for up to 60 ms between orders, and never tries again. */
export function sendCustomers(count: number, url: string): Customers {
  const closing = new AbortController();
  const failures: string[] = [];
  let taken = 0;

  const order = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!closing.signal.aborted) {
      try {
        const { status } = await ask(`${url}/orders`, { agent, method: "POST", body: "an order" });
        if (status === 200) taken += 1;
        else failures.push(`status ${status}`);
      } catch (error) {
        failures.push(String(error));
      }
      await setTimeout(Math.random() * 60);
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: count }, order));
  return {
    taken: () => taken,
    async stop() {
      closing.abort();
      await all;
      return failures;
    },
  };
}
