import { SeaworthyError, assertFunction, assertName } from "./errors.ts";
import { messageOf } from "./reason.ts";

/** What a startup task gets. */
export interface StartupContext {
  /** Aborts when a stop begins: what is being started is no longer wanted. */
  readonly signal: AbortSignal;
}

/** Something the service has to do before it can take work. */
export type StartupTask = PromiseLike<unknown> | ((context: StartupContext) => unknown);

/** The startup tasks of one life. */
export interface StartupTasks {
  add(name: string, task: StartupTask): Disposable;
  /** The names of those that have not settled, in the order of registration. */
  pending(): readonly string[];
}

/** No task yet. `onSettled` hears of each that succeeded or was taken back, `onFailed` of each that did not. */
export function createStartupTasks(
  signal: AbortSignal,
  { onSettled, onFailed }: { readonly onSettled: () => void; readonly onFailed: (error: SeaworthyError) => void },
): StartupTasks {
  const pending = new Map<object, string>();

  const settle = (task: object): void => {
    if (pending.delete(task)) onSettled();
  };

  return {
    add(name, task) {
      assertName(name, "startup task");
      assertTask(name, task);
      const held = {};
      pending.set(held, name);
      const run = typeof task === "function" ? (async () => task({ signal }))() : Promise.resolve(task);
      run.then(
        () => settle(held),
        (error: unknown) => {
          if (pending.has(held) && !signal.aborted) onFailed(failureOf(name, error));
        },
      );
      return { [Symbol.dispose]: () => settle(held) };
    },
    pending: () => [...pending.values()],
  };
}

function assertTask(name: string, task: unknown): void {
  if (typeof (task as { then?: unknown } | null | undefined)?.then === "function") return;
  assertFunction(task, `the startup task "${name}", unless it is a promise,`);
}

const failureOf = (name: string, cause: unknown): SeaworthyError =>
  new SeaworthyError(
    "ERR_SEAWORTHY_STARTUP_TASK",
    {
      expected: `the startup task "${name}" to succeed`,
      got: `a failure: ${messageOf(cause)}`,
      fix: "The process stops: it cannot take work without it. See the cause.",
    },
    { cause },
  );
