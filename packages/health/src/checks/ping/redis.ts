import type { Check } from "../../check.ts";
import { question } from "../question.ts";
import { clientOption } from "./client-option.ts";

/** What is used of a client of `redis` (node-redis 4 and later). A pool of clients has no `isReady`. */
export interface RedisClient {
  readonly isReady?: boolean;
  ping(): PromiseLike<unknown>;
}

/**
 * Fails unless Redis answers PING. A client that is not ready fails at once, as its PING would wait in the offline
 * queue.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for anything but a client of `redis`.
 */
export function redis(client: RedisClient): Check {
  clientOption(client, "a client of redis", ["ping"]);
  const ask = question("Redis PING", () => client.ping());
  return async (context) => {
    if (client.isReady === false) throw new Error("Redis client is not ready (isReady is false)");
    await ask(context);
  };
}
