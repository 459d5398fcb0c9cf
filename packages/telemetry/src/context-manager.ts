import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { type Context, type ContextManager, ROOT_CONTEXT } from "@opentelemetry/api";

/** A context manager that can also make a context active for the rest of the current execution. */
export interface EnteringContextManager extends ContextManager {
  /**
   * Makes `context` active for what is left of the current callback and all that it starts: for a subscriber that is
   * called before the code it speaks of, and cannot wrap it. There is no way back; the next callback has its own.
   */
  enterWith(context: Context): void;
}

/**
 * Makes a context manager over one `AsyncLocalStorage`. Unlike the SDK's it calls a function without binding it first,
 * and binds an emitter by its `emit`, so that all listeners run in the context, those added before too, and none is
 * wrapped; a second binding of the same emitter changes nothing, as with the SDK's.
 */
export function createContextManager(): EnteringContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const bound = new WeakSet<EventEmitter>();

  const active = (): Context => storage.getStore() ?? ROOT_CONTEXT;

  function bindFunction<Target extends Callable>(context: Context, target: Target): Target {
    const inContext = function (this: unknown, ...args: unknown[]): unknown {
      return storage.run(context, callOn, target, this, args);
    };
    Object.defineProperty(inContext, "length", { value: target.length, configurable: true });
    return inContext as unknown as Target;
  }

  function bindEmitter(context: Context, target: EventEmitter): void {
    if (bound.has(target)) return;
    bound.add(target);
    target.emit = bindFunction(context, target.emit as Callable) as typeof target.emit;
  }

  const manager: EnteringContextManager = {
    active,
    with: (context, fn, thisArg, ...args) =>
      (thisArg === undefined || thisArg === null
        ? storage.run(context, fn as unknown as Callable, ...args)
        : storage.run(context, callOn, fn as unknown as Callable, thisArg, args)) as ReturnType<typeof fn>,
    bind(context, target) {
      if (target instanceof EventEmitter) bindEmitter(context, target);
      else if (typeof target === "function")
        return bindFunction(context, target as unknown as Callable) as typeof target;
      return target;
    },
    enterWith: (context) => storage.enterWith(context),
    attach(context) {
      const previous = active();
      let isAttached = true;
      storage.enterWith(context);
      return {
        dispose() {
          if (isAttached) storage.enterWith(previous);
          isAttached = false;
        },
      };
    },
    enable: () => manager,
    disable() {
      storage.disable();
      return manager;
    },
  };
  return manager;
}

type Callable = (...args: unknown[]) => unknown;

function callOn(target: Callable, thisArg: unknown, args: unknown[]): unknown {
  return target.apply(thisArg, args);
}
