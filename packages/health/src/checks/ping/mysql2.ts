import type { Check } from "../../check.ts";
import { question } from "../question.ts";
import { untilAborted } from "../until-aborted.ts";
import { clientOption, hasMethod } from "./client-option.ts";

/** What is used of a connection of `mysql2/promise`. */
export interface Mysql2Connection {
  ping(): PromiseLike<unknown>;
}

/** What is used of a pool of `mysql2/promise`. */
export interface Mysql2Pool {
  getConnection(): PromiseLike<Mysql2Connection & { release(): void; destroy(): void }>;
}

/** What is used of a connection or pool of `mysql2` with callbacks. */
export interface Mysql2Callback {
  promise(): Mysql2Connection | Mysql2Pool;
}

/**
 * Fails unless MySQL answers a ping. Of a pool it borrows a connection, so a pool with none to lend fails too; one that
 * gave no answer in time is closed instead of handed back. A single connection's ping stays queued, and later runs wait
 * for its answer.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for anything but a connection or pool of `mysql2` or `mysql2/promise`.
 */
export function mysql2(client: Mysql2Connection | Mysql2Pool | Mysql2Callback): Check {
  clientOption(client, "a connection or pool of mysql2", ["getConnection", "ping"]);
  const promised = "promise" in client ? client.promise() : client;
  return question("MySQL ping", (waiting) => (isPool(promised) ? askPool(promised, waiting) : promised.ping()));
}

function isPool(client: Mysql2Connection | Mysql2Pool): client is Mysql2Pool {
  return hasMethod(client, "getConnection");
}

async function askPool(pool: Mysql2Pool, waiting: () => AbortSignal): Promise<void> {
  const connection = await pool.getConnection();
  if (waiting().aborted) return connection.release();
  try {
    await untilAborted(connection.ping(), waiting());
    connection.release();
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
