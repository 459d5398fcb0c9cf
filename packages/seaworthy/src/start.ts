import { isMainThread } from "node:worker_threads";
import { SeaworthyError, describe, processLifecycle } from "@seaworthy/lifecycle";
import { assertOptions } from "./assert-options.ts";
import { environment } from "./environment.ts";
import type { SeaworthyErrorCode } from "./errors.ts";
import { openService } from "./open-service.ts";
import type { StartOptions } from "./options.ts";
import type { Service } from "./service.ts";
import { withEnvironment } from "./settings.ts";

const { inspect, isDeepStrictEqual } = process.getBuiltinModule("node:util");

/** The one service of a process, whichever copy of the package started it. */
interface Running {
  readonly service: Service;
  readonly options: StartOptions;
  readonly by: "start()" | "seaworthy/register";
}

const key = Symbol.for("seaworthy.service");
const openingKey = Symbol.for("seaworthy.service.opening");
const registry = globalThis as { [key]?: Running; [openingKey]?: boolean };

/**
 * Makes this process fit for Kubernetes: probes, a clean stop, and a drain of every HTTP server it opens. It is
 * synchronous, and a second call with no options or the same ones returns the running service.
 *
 * @throws `ERR_SEAWORTHY_ALREADY_STARTED` for a second call with other options.
 * @throws `ERR_SEAWORTHY_ENVIRONMENT`, `ERR_SEAWORTHY_OPTION`, `ERR_SEAWORTHY_BUDGET`, `ERR_SEAWORTHY_OS_SIGNAL` for
 * what is wrong in the environment or the options; nothing has been started then.
 * @throws `ERR_SEAWORTHY_WORKER_THREAD` in a worker thread.
 * @throws `ERR_SEAWORTHY_ALREADY_DRAINED`, `ERR_SEAWORTHY_DUPLICATE_NAME` when the life that the process had before has
 * its servers drained, or its probes served, already.
 */
export const start = (options: StartOptions = {}): Service => startBy("start()", options);

/** The running service. @throws `ERR_SEAWORTHY_NOT_STARTED` when there is none. */
export function service(): Service {
  const running = registry[key];
  if (running) return running.service;
  throw seaworthyError("ERR_SEAWORTHY_NOT_STARTED", {
    expected: "a service that has been started",
    got: "none",
    fix: "Call start() first, in the module that the process begins with.",
  });
}

/** Whether this process has a service, or is about to: its probe server is a server that listens, too. */
export const isStarted = (): boolean => registry[key] !== undefined || registry[openingKey] === true;

/**
 * What `start` does, and `seaworthy/register` when the first server listens. The environment wins over the `defaults`.
 */
export function startBy(by: Running["by"], options: StartOptions, defaults: StartOptions = {}): Service {
  assertOptions(options);
  const running = registry[key];
  if (running) {
    // Says so if another copy of the packages holds the life.
    processLifecycle();
    assertSameOptions(running, options);
    return running.service;
  }
  if (!isMainThread) {
    throw seaworthyError("ERR_SEAWORTHY_WORKER_THREAD", {
      expected: "start() to be called in the main thread",
      got: "a worker thread",
      fix: "One life belongs to one process: start it in the main thread, and post to it from here.",
    });
  }
  const env = environment();
  const settled = { ...defaults, ...withEnvironment(options, env) };
  registry[openingKey] = true;
  try {
    const started = openService(settled, env);
    registry[key] = { service: started, options, by };
    return started;
  } finally {
    delete registry[openingKey];
  }
}

function assertSameOptions({ options: first, by }: Running, options: StartOptions): void {
  if (Object.values(options).every((value) => value === undefined)) return;
  const names = [...new Set([...Object.keys(first), ...Object.keys(options)])] as (keyof StartOptions)[];
  const other = names.filter((name) => !isDeepStrictEqual(first[name], options[name]));
  if (other.length === 0) return;
  const tell = (from: StartOptions): string =>
    other.map((name) => `${name}: ${name === "preStopToken" ? "(a secret)" : show(from[name])}`).join(", ");
  throw seaworthyError("ERR_SEAWORTHY_ALREADY_STARTED", {
    expected: `the options with which ${by} started this process (${tell(first)})`,
    got: `others (${tell(options)})`,
    fix:
      by === "start()"
        ? "Start once, with all options, and use service() everywhere else."
        : "Call start() before the first server listens, or set the options by the environment.",
  });
}

const show = (value: unknown): string =>
  typeof value === "object" && value !== null ? inspect(value, { depth: 0, breakLength: Infinity }) : describe(value);

function seaworthyError(
  code: SeaworthyErrorCode,
  parts: ConstructorParameters<typeof SeaworthyError>[1],
): SeaworthyError {
  return new SeaworthyError(code, parts);
}
