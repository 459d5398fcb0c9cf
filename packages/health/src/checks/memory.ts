import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import type { Check } from "../check.ts";
import { optionsOf, ratioOption } from "./option.ts";
import { bytesText, percentText } from "./units.ts";

/** What {@link memory} takes. */
export interface MemoryOptions {
  /** The largest share of V8's heap limit (`--max-old-space-size`) in use that passes. Default 0.95; 1 never fails. */
  readonly maxHeapRatio?: number;
  /**
   * The largest share of the container's memory limit that the process may have resident. Default 0.95. Without a limit
   * there is nothing to compare with, and this half passes.
   */
  readonly maxRssRatio?: number;
}

/** What the check reads, in bytes. */
export interface MemoryReadings {
  readonly heapUsed: number;
  readonly heapLimit: number;
  readonly rss: number;
  /** The limit of the container (cgroup v1 or v2), or `undefined` for none. */
  readonly containerLimit: number | undefined;
}

/**
 * Fails when the process is about to run out of memory: of V8's heap, where it would crash, or of its container's,
 * where the kernel would kill it. Other processes in the container and its page cache are not counted. Read from
 * `v8.getHeapStatistics`, `process.memoryUsage.rss` and `process.constrainedMemory`.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for an option of the wrong type or range.
 */
export function memory(options: MemoryOptions = {}): Check {
  return memoryFrom(readMemory, options);
}

/** {@link memory}, with the readings handed in. */
export function memoryFrom(read: () => MemoryReadings, options: MemoryOptions): Check {
  const { maxHeapRatio = 0.95, maxRssRatio = 0.95 } = optionsOf("memory", options);
  ratioOption("maxHeapRatio", maxHeapRatio);
  ratioOption("maxRssRatio", maxRssRatio);

  return () => {
    const { heapUsed, heapLimit, rss, containerLimit } = read();
    assertShare("V8 heap in use", heapUsed, heapLimit, maxHeapRatio);
    if (containerLimit !== undefined) assertShare("Resident memory", rss, containerLimit, maxRssRatio);
  };
}

/** Reads the memory of this process, thread and container. */
export function readMemory(): MemoryReadings {
  const { used_heap_size: heapUsed, heap_size_limit: heapLimit } = getHeapStatistics();
  const constrained = process.constrainedMemory();
  // "No limit" comes as 0 where it is unknown, and as about 2 ** 64 where a cgroup has none. A limit above the
  // machine's own memory limits nothing.
  const containerLimit = constrained > 0 && constrained <= totalmem() ? constrained : undefined;
  return { heapUsed, heapLimit, rss: process.memoryUsage.rss(), containerLimit };
}

function assertShare(what: string, used: number, whole: number, maxRatio: number): void {
  if (used / whole <= maxRatio) return;
  const measured = `${percentText(used / whole)} (${bytesText(used)} of ${bytesText(whole)})`;
  throw new Error(`${what} is ${measured}, limit ${percentText(maxRatio)}`);
}
