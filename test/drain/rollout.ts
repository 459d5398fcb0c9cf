import { setTimeout } from "node:timers/promises";
import type { Ending, RunningProcess } from "../harness/process.ts";
import type { Scope } from "../harness/scope.ts";
import { type Crowd, type CustomerOptions, type Failure, sendCustomers } from "./customers.ts";
import { slowLink } from "./latency.ts";
import { until } from "./until.ts";

/** A replica, and where it listens. */
export interface Replica {
  readonly process: RunningProcess;
  readonly port: number;
}

export interface RolloutOptions extends CustomerOptions {
  readonly scheme?: "http" | "https";
  readonly osSignal?: NodeJS.Signals;
  /** How long after the OS signal new connections still go to the replica that got it; 0: they never do. */
  readonly lagMs: number;
  readonly crowd?: Crowd;
  /** SIGKILL comes this long after the OS signal. Left out: never. */
  readonly killAfterMs?: number;
}

/** What a rollout came to. Its times count from the OS signal. */
export interface Rollout {
  readonly sent: number;
  readonly failures: readonly Failure[];
  readonly ending: Ending;
  readonly endedAfterMs: number;
  /** One line for each failure: when, which customer, what. */
  readonly story: readonly string[];
}

const latencyMs = 20;
const fullCrowd: Crowd = { keepAlive: 100, newConnection: 10 };

/**
 * Stops a replica under load, over a link that is as slow as a real one, while another takes over. The orders counted
 * are all that were sent, from a good second before the OS signal until half a second after the process has gone.
 */
export async function rollOut(scope: Scope, old: Replica, next: Replica, options: RolloutOptions): Promise<Rollout> {
  const { scheme = "http", osSignal = "SIGTERM", lagMs, crowd = fullCrowd, killAfterMs } = options;
  let { port } = old;
  const link = await slowLink(scope, latencyMs, () => port);
  const customers = sendCustomers(crowd, `${scheme}://127.0.0.1:${link.port}`, options);
  await until(() => customers.taken() > 2 * (crowd.keepAlive + crowd.newConnection));
  await setTimeout(1_000);

  const gone = new AbortController();
  if (lagMs === 0) ({ port } = next);
  const signalledAt = performance.now();
  old.process.kill(osSignal);
  const ended = old.process.ended.finally(() => gone.abort());
  const after = (ms: number, act: () => void): void =>
    void setTimeout(ms, undefined, { signal: gone.signal }).then(act, () => {});
  if (killAfterMs !== undefined) after(killAfterMs, () => old.process.kill("SIGKILL"));
  await setTimeout(lagMs);
  ({ port } = next);

  const ending = await ended;
  const endedAfterMs = performance.now() - signalledAt;
  await setTimeout(500);
  await customers.leave();
  const { failures } = customers;
  return {
    sent: customers.sent(),
    failures,
    ending,
    endedAfterMs,
    story: failures.map(({ customer, sentAt, failedAt, what }) => {
      const [from, to] = [sentAt, failedAt].map((at) => `${Math.round(at - signalledAt)}`);
      return `${customer}, sent at ${from} ms, failed at ${to} ms after ${osSignal}: ${what}`;
    }),
  };
}
