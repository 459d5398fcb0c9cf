import { Agent, type RequestOptions } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { setTimeout } from "node:timers/promises";
import { ask } from "../harness/ask.ts";

/** An order that was not taken. */
export interface Failure {
  readonly customer: keyof Crowd;
  /** When it was sent and when it failed, by `performance.now()`. */
  readonly sentAt: number;
  readonly failedAt: number;
  readonly what: string;
}

/** How many customers of each kind. */
export interface Crowd {
  /** Each keeps one connection as long as it may. */
  readonly keepAlive: number;
  /** Each opens a connection for every order. */
  readonly newConnection: number;
}

export interface CustomerOptions {
  readonly path?: string;
  /** What an order says. */
  readonly body?: string;
  /** The certificate of the service, when it is asked by https. */
  readonly ca?: string | undefined;
}

/** Customers who order again and again, until they are told to stop. */
export interface Customers {
  /** How many orders were sent so far, and how many of them were taken. */
  sent(): number;
  taken(): number;
  readonly failures: readonly Failure[];
  /** Lets every customer finish the order it is at. */
  leave(): Promise<void>;
}

/** Nobody thinks longer than 60 ms between orders, and nobody tries one again. */
export function sendCustomers(
  crowd: Crowd,
  url: string,
  { path = "/orders", body = "an order", ca }: CustomerOptions = {},
): Customers {
  const closing = new AbortController();
  const failures: Failure[] = [];
  let sent = 0;
  let taken = 0;

  const order = async (customer: keyof Crowd, options: RequestOptions): Promise<void> => {
    const sentAt = performance.now();
    sent += 1;
    const fail = (what: string): void => void failures.push({ customer, sentAt, failedAt: performance.now(), what });
    try {
      const { status } = await ask(`${url}${path}`, { ...options, method: "POST", body });
      if (status === 200) taken += 1;
      else fail(`status ${status}`);
    } catch (error) {
      fail(String(error));
    }
  };
  const come = async (customer: keyof Crowd): Promise<void> => {
    const agent = customer === "keepAlive" && oneSocket(url, ca);
    // What an agent has is not asked of the request.
    const options: RequestOptions = { agent, ...(!agent && ca !== undefined && { ca }) };
    await setTimeout(Math.random() * 60);
    while (!closing.signal.aborted) {
      await order(customer, options);
      await setTimeout(Math.random() * 60);
    }
    if (agent) agent.destroy();
  };
  const kinds = ["keepAlive", "newConnection"] as const;
  const all = Promise.all(kinds.flatMap((kind) => Array.from({ length: crowd[kind] }, () => come(kind))));
  return {
    sent: () => sent,
    taken: () => taken,
    failures,
    async leave() {
      closing.abort();
      await all;
    },
  };
}

function oneSocket(url: string, ca: string | undefined): Agent {
  const options = { keepAlive: true, maxSockets: 1 };
  return url.startsWith("https:") ? new TlsAgent({ ...options, ...(ca !== undefined && { ca }) }) : new Agent(options);
}
