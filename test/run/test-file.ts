import { relative } from "node:path";
import type { TestRecord } from "./events.ts";
import { type Tally, countOf, noTests } from "./tally.ts";
import { type TestProcessEnd, runTestProcess } from "./test-process.ts";

export interface FileResult {
  readonly file: string;
  readonly seconds: number;
  readonly tally: Tally;
  readonly failed: readonly TestRecord[];
  readonly skipped: readonly TestRecord[];
  /** What the process wrote; of interest when something failed. */
  readonly output: string;
}

/** The failure of the process itself, when no test of it tells. */
function failureOfProcess(end: TestProcessEnd, timeoutMs: number): string | undefined {
  const { records, complete, code, killedBy, timedOut } = end;
  if (timedOut) {
    return (
      `Expected the file to end within ${timeoutMs / 1_000} s, got no end after ${records.length} finished tests. ` +
      "Look for what keeps its process alive: an open handle, a child process, a promise that never settles."
    );
  }
  if (killedBy !== null) return `Expected the process to exit by itself, got ${killedBy}. Look who sent it.`;
  if (code !== 0 && records.every((record) => record.outcome !== "failed")) {
    return `Expected exit code 0, got ${code} although no test failed. Read the output below.`;
  }
  if (records.length === 0) {
    return "Expected at least one test, got none. Add one, or delete the file, or look for what exits it early.";
  }
  if (!complete) {
    return (
      `Expected the process to end after its tests, got exit code ${code} after ${records.length} finished tests. ` +
      "Look for what exits it early."
    );
  }
  return undefined;
}

/** Runs one test file and counts what came of it. Fewer passes than expected never look like success. */
export async function runTestFile(file: string, cwd: string, timeoutMs: number): Promise<FileResult> {
  const end = await runTestProcess(file, cwd, timeoutMs);
  const name = relative(cwd, file);
  const failure = failureOfProcess(end, timeoutMs);
  const records: TestRecord[] = [...end.records];
  if (failure !== undefined) records.push({ name, outcome: "failed", detail: failure });
  const tally = noTests();
  for (const record of records) tally[record.outcome] += 1;
  return {
    file: name,
    seconds: end.seconds,
    tally,
    failed: records.filter((record) => record.outcome === "failed"),
    skipped: records.filter((record) => record.outcome === "skipped"),
    output: end.output,
  };
}

export function describeCount(tally: Tally): string {
  return `${countOf(tally)} ${countOf(tally) === 1 ? "test" : "tests"}`;
}
