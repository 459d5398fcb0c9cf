import { messageOf } from "@seaworthy/lifecycle";
import type { Tell } from "../channels.ts";
import type { UserSdk } from "./user-sdk.ts";

/** The two methods of an SDK, each of which does its work once, whoever calls it. Disposing hands them back. */
export interface Charge extends Disposable {
  /** @throws what the SDK throws. */
  start(): void;
  /** Never rejects. */
  shutdown(): Promise<void>;
}

/**
 * Takes charge of an SDK that the application has built. A second start would make a second set of exporters, of which
 * the API knows nothing, and the first would never be flushed: it is left out. A shutdown before the end is carried out
 * as asked. Both are told, once.
 */
export function takeCharge(sdk: UserSdk, tell: Tell): Charge {
  const start = sdk.start.bind(sdk);
  const shutdown = sdk.shutdown.bind(sdk);
  let isRestarted = false;
  let ending: Promise<void> | undefined;

  const giveBack = [
    put(sdk, "start", () => {
      if (isRestarted) return;
      isRestarted = true;
      const message =
        "Your SDK was started a second time: that is left out, as its exporters would be made twice. Remove the call " +
        "of its start().";
      tell({ level: "warn", code: "start", message });
    }),
    put(sdk, "shutdown", () => {
      if (ending !== undefined) return ending;
      const message =
        "Your SDK was shut down by the application: what is recorded from now on is lost. Remove the call of its " +
        "shutdown(), which is made when all else has stopped.";
      tell({ level: "warn", code: "pipeline", message });
      return (ending = end());
    }),
  ];

  async function end(): Promise<void> {
    await shutdown();
  }

  return {
    start() {
      const started: unknown = start();
      if (isPromise(started)) started.then(undefined, (error: unknown) => tellOfStart(error, tell));
    },
    shutdown: () =>
      (ending ??= end()).catch((error: unknown) => {
        const message = `The shutdown of your own SDK failed: ${messageOf(error)} The report counts what was lost.`;
        tell({ level: "warn", code: "pipeline", message });
      }),
    [Symbol.dispose]() {
      for (const step of giveBack) step();
    },
  };
}

/** Says that an SDK did not start. */
export const tellOfStart = (error: unknown, tell: Tell): void =>
  tell({ level: "error", code: "start", message: `Your SDK could not be started: ${messageOf(error)}` });

/** Puts a method in the place of another one. @returns Takes it out again, unless somebody else has replaced it. */
function put<Name extends keyof UserSdk>(sdk: UserSdk, name: Name, method: UserSdk[Name]): () => void {
  const own = Object.getOwnPropertyDescriptor(sdk, name);
  const place: PropertyDescriptor = { configurable: true, enumerable: own?.enumerable ?? false, writable: true };
  // One that is frozen is left as it is.
  if (!Reflect.defineProperty(sdk, name, { ...place, value: method })) return () => {};
  return () => {
    if (sdk[name] !== method) return;
    if (own === undefined) Reflect.deleteProperty(sdk, name);
    else Reflect.defineProperty(sdk, name, own);
  };
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
