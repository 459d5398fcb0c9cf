/*
 * How one thread knows that another one still comes round. The main thread counts up in shared memory on a timer; the
 * probe thread looks at the count, and how long it has stood still is the age of the heartbeat.
 *
 * The age is counted in time that the probe thread itself has run. Where a whole process stands still (SIGSTOP, a
 * frozen cgroup, no CPU to be had) so does whoever looks, and the gap says nothing about the main thread.
 */

/** How often the main thread beats, and how often the other one looks at least. In milliseconds. */
export const beatMs = 1_000;

/** Memory for one heartbeat, to be shared by the two threads. */
export const createHeartbeat = (): SharedArrayBuffer => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

/** Says that this thread has come round. */
export function beat(heartbeat: SharedArrayBuffer): void {
  Atomics.add(new Int32Array(heartbeat), 0, 1);
}

/** Makes the look at a heartbeat: how long it has not been heard, in milliseconds, as far as this thread can tell. */
export function listenForBeats(heartbeat: SharedArrayBuffer, now: () => number): () => number {
  const count = new Int32Array(heartbeat);
  let heard = Atomics.load(count, 0);
  let lookedAt = now();
  let ageMs = 0;
  return () => {
    const beats = Atomics.load(count, 0);
    // Between two looks lies `beatMs` at most, and a little; more where this thread stood still too.
    const passedMs = Math.min(now() - lookedAt, 1.25 * beatMs);
    lookedAt = now();
    ageMs = beats === heard ? ageMs + passedMs : 0;
    heard = beats;
    return ageMs;
  };
}
