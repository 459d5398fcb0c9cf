import type { Check } from "../../check.ts";
import { question } from "../question.ts";
import { clientOption } from "./client-option.ts";

/** What is used of an `Admin` of `kafkajs`. */
export interface KafkajsAdmin {
  describeCluster(): PromiseLike<unknown>;
}

/**
 * Fails unless a Kafka broker answers a metadata request that names no topic. Takes an admin client that you have
 * connected, because neither producers nor consumers of `kafkajs` have anything to ask that changes nothing. `kafkajs`
 * repeats a request that fails, by its own `retry` option, and later runs wait for the outcome.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for anything but an admin client of `kafkajs`.
 */
export function kafkajs(admin: KafkajsAdmin): Check {
  clientOption(admin, "an admin client of kafkajs", ["describeCluster"]);
  return question("Kafka metadata request", () => admin.describeCluster());
}
