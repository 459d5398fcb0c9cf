import { setImmediate as turn } from "node:timers/promises";

/** Waits, turn by turn of the event loop, until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Waits a few turns of the event loop, for what must not happen. */
export async function fewTurns(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await turn();
}

/** Keeps the event loop busy. */
export function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
