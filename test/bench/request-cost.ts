import { ask, keepAliveAgent } from "../harness/ask.ts";
import type { Contender } from "./contender.ts";

const clients = 8;

/** CPU time of the service for one request, in microseconds. */
export async function cpuPerRequest(contender: Contender, requests: number): Promise<number> {
  const before = await contender.usage();
  let left = requests;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const agent = keepAliveAgent();
      while ((left -= 1) >= 0) await ask(`http://127.0.0.1:${contender.app}/`, { agent });
      agent.destroy();
    }),
  );
  const after = await contender.usage();
  return ((after.cpuMs - before.cpuMs) * 1_000) / requests;
}
