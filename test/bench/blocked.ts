import { setTimeout } from "node:timers/promises";
import { ask } from "../harness/ask.ts";
import type { Contender } from "./contender.ts";

/** What came of the liveness probes of a blocked service: the latency of each answer, none where there was none. */
export type Answers = readonly (number | undefined)[];

const blockMs = 5_000;
const everyMs = 100;
const timeoutMs = 1_000;

/** Keeps the main thread busy and asks all the while, each time on a connection of its own, as the kubelet does. */
export async function askWhileBlocked({ app, probes, path }: Contender): Promise<Answers> {
  await ask(`http://127.0.0.1:${app}/block?ms=${blockMs}`);
  const endsAt = performance.now() + blockMs;
  const answers: Promise<number | undefined>[] = [];
  while (performance.now() + everyMs < endsAt) {
    answers.push(askOnce(`http://127.0.0.1:${probes}${path}`));
    await setTimeout(everyMs);
  }
  return Promise.all(answers);
}

async function askOnce(url: string): Promise<number | undefined> {
  const sentAt = performance.now();
  try {
    const { status } = await ask(url, { signal: AbortSignal.timeout(timeoutMs) });
    return status === 200 ? performance.now() - sentAt : undefined;
  } catch {
    return undefined;
  }
}
