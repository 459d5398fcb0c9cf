const nsPerMs = 1_000_000n;

/** Nanoseconds as milliseconds: a time since the epoch keeps a quarter of a microsecond, a duration all of it. */
export function msOf(nanoseconds: bigint | undefined = 0n): number {
  // In two parts, since a time in nanoseconds is more than a number can hold.
  return Number(nanoseconds / nsPerMs) + Number(nanoseconds % nsPerMs) / 1e6;
}
