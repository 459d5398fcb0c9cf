import { EventEmitter } from "node:events";
import type { Context } from "@opentelemetry/api";
import type { Contexts } from "./contexts.ts";

/** What is known of a request while it is under way. */
export interface UnderWay {
  readonly context: Context;
}

/** Binds emitters: what they emit is heard in the context of their request, whoever reads the socket. */
export interface EmitterBinding<Owner extends UnderWay, Emitter extends EventEmitter> {
  bind(emitter: Emitter, owner: Owner): void;
  /** The request that an emitter belongs to. */
  ownerOf(emitter: unknown): Owner | undefined;
}

/** Hears of an event after the listeners have. It must not throw. */
export type AfterEmit<Owner, Emitter> = (
  owner: Owner,
  event: string | symbol,
  emitter: Emitter,
  argument: unknown,
) => void;

/**
 * Binds by an `emit` of the emitter's own: no listener is added or wrapped, and all emitters share one function.
 * `after` is called once the listeners are through, in no particular context.
 */
export function emitInContext<Owner extends UnderWay, Emitter extends EventEmitter>(
  contexts: Contexts,
  after: AfterEmit<Owner, Emitter>,
): EmitterBinding<Owner, Emitter> {
  const key = Symbol("seaworthy.http.request");
  type Bound = Emitter & { [key]?: Owner };

  function emit(this: Bound, ...args: [event: string | symbol, ...unknown[]]): boolean {
    const owner = this[key] as Owner;
    try {
      // Most events have no listener, and most of the others come in the context already.
      return this.listenerCount(args[0]) === 0 || contexts.active() === owner.context
        ? EventEmitter.prototype.emit.apply(this, args)
        : contexts.with(owner.context, EventEmitter.prototype.emit as Emit, this, ...args);
    } finally {
      after(owner, args[0], this, args[1]);
    }
  }

  /** For an emitter that has its own way already. */
  function emitBy(original: Emit): Emit {
    return function (this: Bound, ...args: Parameters<Emit>): boolean {
      const owner = this[key] as Owner;
      try {
        return contexts.with(owner.context, original, this, ...args);
      } finally {
        after(owner, args[0], this, args[1]);
      }
    };
  }

  return {
    bind(emitter, owner) {
      const own = emitter as Bound;
      own[key] = owner;
      own.emit = own.emit === EventEmitter.prototype.emit ? emit : emitBy(own.emit);
    },
    ownerOf: (emitter) => (emitter as Bound | null | undefined)?.[key],
  };
}

type Emit = (...args: [event: string | symbol, ...unknown[]]) => boolean;
