import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { lineAt, onlyCode, withoutComments } from "./blank.ts";
import { fromRoot, packages } from "./packages.ts";

interface Place {
  readonly file: string;
  readonly where: string;
}

const sources = packages.flatMap((one) => one.sources);

function placesOf(pattern: RegExp, read: (text: string) => string): Place[] {
  return sources.flatMap((path) => {
    const text = read(readFileSync(path, "utf8"));
    const file = fromRoot(path);
    return [...text.matchAll(pattern)].map(({ 0: what, index }) => ({
      file,
      where: `${file}:${lineAt(text, index)} has ${what.trim()}`,
    }));
  });
}

/** Asserts that code matching the pattern is in the allowed files only. */
function assertOnlyIn(allowed: readonly string[], pattern: RegExp, message: string): Place[] {
  const places = placesOf(pattern, onlyCode);
  const elsewhere = places.filter(({ file }) => !allowed.includes(file)).map(({ where }) => where);
  assert.deepEqual(elsewhere, [], message);
  return places;
}

/** `process.exit`, and `{ exit } = process`. */
function ofProcess(...names: string[]): RegExp {
  const name = `(?:${names.join("|")})`;
  const whole = String.raw`\bprocess\s*\??\.\s*${name}\b`;
  return new RegExp(String.raw`${whole}|\{[^{}]*\b${name}\b[^{}]*\}\s*=\s*(?:globalThis\.)?process\b`, "g");
}

function filesOf(places: readonly Place[]): string[] {
  return [...new Set(places.map(({ file }) => file))];
}

const EXIT = "packages/lifecycle/src/exit.ts";
const ENVIRONMENT = "packages/seaworthy/src/environment.ts";
const CLOCK = "packages/lifecycle/src/clock.ts";
const LOG = "packages/seaworthy/src/log.ts";

describe("one place", () => {
  test("exactly one place exits the process", () => {
    const pattern = ofProcess("exit", "reallyExit", "abort");
    const places = assertOnlyIn([EXIT], pattern, "stop the lifecycle instead: it ends in the one exit");
    assert.deepEqual(
      places.map(({ file }) => file),
      [EXIT],
    );
  });

  test("exactly one place reads the environment", () => {
    const places = assertOnlyIn([ENVIRONMENT], ofProcess("env"), `take an option, and let ${ENVIRONMENT} fill it`);
    assert.deepEqual(filesOf(places), [ENVIRONMENT]);
  });

  test("the process has one name, so that these tests see every use of it", () => {
    const imported = placesOf(
      /\b(?:from|import|require|getBuiltinModule)\s*\(?\s*["'](?:node:)?process["']/g,
      withoutComments,
    );
    const indexed = placesOf(/\bprocess\s*(\?\.)?\[|(?<![}=]\s*)=\s*(globalThis\.)?process\s*[;,)]/g, onlyCode);
    const found = [...imported, ...indexed].map(({ where }) => where);
    assert.deepEqual(found, [], "write process.name in full: the global, which no import has to make");
  });

  test("exactly one place has timers", () => {
    const timers = /(?<![.\w$])(globalThis\s*\.\s*)?(setTimeout|setInterval|setImmediate)\b/g;
    assertOnlyIn([CLOCK], timers, "time is injected: take a Clock");
    assertOnlyIn([CLOCK], /\bAbortSignal\s*\.\s*timeout\b|\bAtomics\s*\.\s*wait/g, "time is injected: take a Clock");
    const imported = placesOf(/["'](node:)?timers(\/promises)?["']/g, withoutComments);
    assert.deepEqual(
      filesOf(imported).filter((file) => file !== CLOCK),
      [],
      "time is injected: take a Clock",
    );
  });

  test("libraries print nothing", () => {
    const advice = "publish on a channel instead: the application decides what is printed";
    assertOnlyIn([LOG, EXIT], ofProcess("stdout", "stderr", "_rawDebug"), advice);
    assertOnlyIn([LOG], /\bconsole\s*\.|\bwriteSync\(\s*[12]\b/g, advice);
  });

  test("nothing exported waits while it is imported, so that require() works", () => {
    const pattern = /^(?:export\s+)?(?:const|let|var)\s[^;]*?=\s*await\b|^await\b|^for\s+await\b/gm;
    assertOnlyIn([], pattern, "no top-level await: require() of an ES module fails on it");
  });
});
