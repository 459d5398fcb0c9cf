import { setImmediate, setTimeout } from "node:timers/promises";

/** Waits until something that can be seen is so. The time-out of the test is the only limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(1);
}

/** Lets what is under way on the sockets of this process arrive: what could have happened by now has. */
export async function sockets(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}
