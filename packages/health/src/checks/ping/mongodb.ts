import type { Check } from "../../check.ts";
import { question } from "../question.ts";
import { clientOption } from "./client-option.ts";

/** What is used of a `Db` of `mongodb`. */
export interface MongodbDatabase {
  /** The options hold the `signal`, which the types of drivers before 6.13 do not know. */
  command(command: { ping: 1 }, options?: object): PromiseLike<unknown>;
}

/** What is used of a `MongoClient` of `mongodb`. */
export interface MongodbClient {
  db(name: string): MongodbDatabase;
}

/**
 * Fails unless the primary answers the `ping` command (on the `admin` database, when a client is given). Drivers from
 * 6.13 on end the command with the check; of older ones, later runs wait for its answer.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for anything but a client or database of `mongodb`.
 */
export function mongodb(client: MongodbClient | MongodbDatabase): Check {
  clientOption(client, "a MongoClient or Db of mongodb", ["db", "command"]);
  return question("MongoDB ping", (waiting) => {
    const database = "command" in client ? client : client.db("admin");
    return database.command({ ping: 1 }, { signal: waiting() });
  });
}
