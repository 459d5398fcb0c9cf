// Loaded by the process of a test file through --test-reporter: one line of JSON for every finished test, written to a
// file of its own, so that nothing a test prints can be taken for a result.

import { AssertionError } from "node:assert";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

/** The last line. Without it the process went before its tests were done, whatever its exit code says. */
export const END = '{"end":true}';

/** What one finished test was. */
export interface TestRecord {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it was skipped, or its whole error, or nothing. */
  readonly detail: string;
}

interface Finished {
  readonly name: string;
  readonly nesting: number;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly details: { readonly type?: string; readonly error?: Error & { cause?: unknown; failureType?: string } };
}

function reasonOf(mark: string | boolean | undefined): string {
  return typeof mark === "string" && mark !== "" ? mark : "no reason given";
}

/** The whole error, without the frames of Node itself, which are the same for every test. */
function describeError(error: unknown): string {
  const { actual, expected, generatedMessage } = Object(error) as Partial<AssertionError>;
  const text = error instanceof AssertionError ? String(error.stack) : inspect(error);
  const lines = text.split("\n").filter((line) => !/^\s+at .*\bnode:/.test(line));
  // On older versions a message of one's own takes the place of the comparison.
  const isBare = generatedMessage === false && !text.includes("+ actual - expected");
  if (isBare) lines.push(`expected: ${inspect(expected)}`, `got: ${inspect(actual)}`);
  return lines.join("\n");
}

function record(passed: boolean, { skip, todo, details }: Finished, name: string): TestRecord | undefined {
  if (skip !== undefined && skip !== false) return { name, outcome: "skipped", detail: reasonOf(skip) };
  if (todo !== undefined && todo !== false) return { name, outcome: "skipped", detail: `todo: ${reasonOf(todo)}` };
  if (passed) return details.type === "suite" ? undefined : { name, outcome: "passed", detail: "" };
  // The subtest that failed has its own record.
  if (details.error?.failureType === "subtestsFailed") return undefined;
  return { name, outcome: "failed", detail: describeError(details.error?.cause ?? details.error) };
}

export default async function* events(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const path: string[] = [];
  for await (const { type, data } of source) {
    if (type === "test:start") {
      path.length = data.nesting;
      path.push(data.name);
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    const finished = data as unknown as Finished;
    const name = [...path.slice(0, finished.nesting), finished.name].join(" › ");
    const line = record(type === "test:pass", finished, name);
    if (line !== undefined) yield `${JSON.stringify(line)}\n`;
  }
  yield `${END}\n`;
}
