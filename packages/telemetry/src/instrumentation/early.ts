import { hookFastify } from "../http/fastify-route.ts";
import { type ArmOptions, type Armed, armInstrumentations } from "./arm.ts";
import type { ArmedLibrary } from "./armed-library.ts";

/** Where what was armed early is found: also by another copy of this package, and by whoever turns telemetry off. */
const armedKey = Symbol.for("seaworthy.telemetry.armed");
const registry = globalThis as { [armedKey]?: Disposable };

let early: Early | undefined;

interface Early extends Disposable {
  readonly armed: Armed;
  readonly fastify: Disposable;
}

/**
 * Arms the libraries, and hooks the applications of Fastify, before there is a life, for whoever is loaded before the
 * application; once in a process.
 */
export function armEarly(options: ArmOptions = {}): void {
  registry[armedKey] ??= early = startEarly(options);
}

function startEarly(options: ArmOptions): Early {
  const armed = armInstrumentations(options);
  const fastify = hookFastify();
  return {
    armed,
    fastify,
    [Symbol.dispose]() {
      armed[Symbol.dispose]();
      fastify[Symbol.dispose]();
    },
  };
}

/** What was armed before, once; else arms now. What another copy has armed gives way. */
export function armOrTake(options: ArmOptions): Armed {
  const armed = take();
  if (!armed) return armInstrumentations(options);
  armed.choose(options);
  if (options.tell) armed.tellTo(options.tell);
  return armed;
}

/**
 * Takes back what was armed before, where nothing is recorded or another SDK has instrumentations of its own.
 *
 * @returns The libraries that are not instrumented any more.
 */
export function disarm(): readonly ArmedLibrary[] {
  const armed = take();
  const libraries = armed?.list().filter(({ state }) => state === "armed" || state === "loaded before") ?? [];
  armed?.[Symbol.dispose]();
  return libraries;
}

function take(): Armed | undefined {
  const found = registry[armedKey];
  const own = found === early ? early : undefined;
  delete registry[armedKey];
  early = undefined;
  if (found !== own) found?.[Symbol.dispose]();
  // Who takes it over watches Fastify from then on, or nobody does.
  own?.fastify[Symbol.dispose]();
  return own?.armed;
}
