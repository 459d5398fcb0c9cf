import type { Check } from "../../check.ts";
import { question } from "../question.ts";
import { untilAborted } from "../until-aborted.ts";
import { clientOption } from "./client-option.ts";

/** What is used of a `pg` `Client`. */
export interface PgClient {
  query(text: string): PromiseLike<unknown>;
}

/** What is used of a client that a `pg` `Pool` lends. */
export interface PgPoolClient extends PgClient {
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  removeListener(event: "error", listener: (error: Error) => void): unknown;
}

/** What is used of a `pg` `Pool`. */
export interface PgPool {
  readonly totalCount: number;
  connect(): PromiseLike<PgPoolClient>;
}

/**
 * Fails unless PostgreSQL answers `select 1`. Of a pool it borrows a connection, so a pool with none to lend fails too;
 * one that gave no answer in time is closed instead of handed back. A single client's query stays queued, and later
 * runs wait for its answer.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for anything but a client of `pg`.
 */
export function pg(client: PgPool | PgClient): Check {
  clientOption(client, "a Pool or Client of pg", ["query"]);
  return question('PostgreSQL "select 1"', (waiting) =>
    "totalCount" in client ? askPool(client, waiting) : client.query("select 1"),
  );
}

async function askPool(pool: PgPool, waiting: () => AbortSignal): Promise<void> {
  const client = await pool.connect();
  if (waiting().aborted) return client.release();
  // A borrowed client has no other listener, and an error with none ends the process. The query rejects as well.
  const onError = () => undefined;
  client.on("error", onError);
  try {
    await untilAborted(client.query("select 1"), waiting());
    client.release();
  } catch (error) {
    client.release(true);
    throw error;
  } finally {
    client.removeListener("error", onError);
  }
}
