/** How many tests passed, failed and were skipped. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const TALLY = /(\d+) passed, (\d+) failed, (\d+) skipped$/;

export function noTests(): Tally {
  return { passed: 0, failed: 0, skipped: 0 };
}

export function sumOf(tallies: Iterable<Tally>): Tally {
  const sum = noTests();
  for (const tally of tallies) {
    sum.passed += tally.passed;
    sum.failed += tally.failed;
    sum.skipped += tally.skipped;
  }
  return sum;
}

export function countOf(tally: Tally): number {
  return tally.passed + tally.failed + tally.skipped;
}

export function formatTally(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

/** Reads the one line a workspace ends with: `@seaworthy/health: 12 passed, 0 failed, 1 skipped`. */
export function readWorkspaceTally(line: string): { workspace: string; tally: Tally } | undefined {
  const [, workspace, rest = ""] = /^([@\w][\w./@-]*): (.*)$/.exec(line) ?? [];
  const counts = TALLY.exec(rest);
  if (workspace === undefined || counts === null || counts.index !== 0) return undefined;
  const [passed, failed, skipped] = counts.slice(1).map(Number) as [number, number, number];
  return { workspace, tally: { passed, failed, skipped } };
}
