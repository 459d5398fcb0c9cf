import type { Check } from "../../check.ts";
import { question } from "../question.ts";
import { clientOption } from "./client-option.ts";

/** What is used of a `Redis` or `Cluster` of `ioredis`. */
export interface IoredisClient {
  readonly status: string;
  ping(): PromiseLike<unknown>;
}

/**
 * Fails unless Redis answers PING. A client that is not connected fails at once, as its PING would wait in the offline
 * queue; only one with `lazyConnect` that was never used is asked, which connects it.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for anything but a client of `ioredis`.
 */
export function ioredis(client: IoredisClient): Check {
  clientOption(client, "a Redis or Cluster of ioredis", ["ping"]);
  const ask = question("Redis PING", () => client.ping());
  return async (context) => {
    const { status } = client;
    if (status !== "ready" && status !== "wait") throw new Error(`Redis client is not ready (status "${status}")`);
    await ask(context);
  };
}
