import type { IncomingMessage, ServerResponse } from "node:http";
import { type Lifecycle, SeaworthyError, processLifecycle } from "@seaworthy/lifecycle";
import type { HttpErrorCode } from "./errors.ts";
import { freeName } from "./free-name.ts";
import type { ProbeHandler } from "./probe-handler.ts";

/** What the plugin uses of a Fastify application, by shape: nothing of Fastify is imported. */
export interface FastifyApplication {
  addHook(name: "onRequest", hook: FastifyRequestHook): unknown;
  addHook(name: "preClose" | "onClose", hook: () => Promise<void>): unknown;
  close(): PromiseLike<unknown>;
}

/** An `onRequest` hook of Fastify, as far as the plugin goes. */
export type FastifyRequestHook = (
  request: { readonly raw: IncomingMessage },
  reply: { readonly raw: ServerResponse; hijack(): unknown },
  done: () => void,
) => void;

/** What `app.register(seaworthyFastify, options)` takes. */
export interface SeaworthyFastifyOptions {
  /** The life that the application is part of. Default: the process's own. */
  readonly lifecycle?: Lifecycle;
  /** Answers probes on the application's own port too. Default: it does not. */
  readonly probes?: ProbeHandler;
}

/** A plugin of Fastify. */
export type FastifyPlugin = (app: FastifyApplication, options: SeaworthyFastifyOptions) => Promise<void>;

/**
 * Closes the application when its requests are finished: Fastify answers 503 from the moment `app.close()` is called,
 * so nobody else should call it while the service takes work.
 *
 * @throws `ERR_SEAWORTHY_NO_LIFE` when there is no life that the application could be part of.
 */
export const seaworthyFastify: FastifyPlugin = Object.assign(plugIn, {
  // The hooks are for the whole application, not for a part of it (fastify.dev, "Plugins").
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "seaworthy",
});

async function plugIn(app: FastifyApplication, options: SeaworthyFastifyOptions): Promise<void> {
  const lifecycle = options.lifecycle ?? processLifecycle();
  if (!lifecycle) throw noLife();
  const { probes } = options;
  let isOurs = false;
  let wasClosedEarly = false;

  const names = namesOf(lifecycle);
  const name = freeName("fastify", names);
  names.add(name);
  const hook = lifecycle.onStop(name, async () => {
    isOurs = true;
    // Whoever closed it before the stop may be waiting for the stop.
    if (!wasClosedEarly) await app.close();
  });

  app.addHook("preClose", async () => {
    const { phase } = lifecycle;
    if (isOurs || phase === "stopping" || phase === "stopped") return;
    wasClosedEarly = phase !== "draining";
    lifecycle.publish("notice", {
      code: "fastify-close",
      message:
        `app.close() was called while the service was ${phase}: Fastify answers requests with 503 from now on. ` +
        "Leave the call to seaworthyFastify, and call stop() to end the service.",
    });
  });
  app.addHook("onClose", async () => {
    hook[Symbol.dispose]();
    if (!lifecycle.intake.aborted) names.delete(name);
  });
  if (probes) app.addHook("onRequest", answerBy(probes));
}

const answerBy =
  (probes: ProbeHandler): FastifyRequestHook =>
  (request, reply, done) => {
    let isTheirs = false;
    void probes(request.raw, reply.raw, () => {
      isTheirs = true;
      done();
    });
    if (!isTheirs) reply.hijack();
  };

const takenNames = new WeakMap<Lifecycle, Set<string>>();

/** The names that applications of one life have in its report. */
function namesOf(lifecycle: Lifecycle): Set<string> {
  const names = takenNames.get(lifecycle) ?? new Set();
  takenNames.set(lifecycle, names);
  return names;
}

function noLife(): SeaworthyError<HttpErrorCode> {
  return new SeaworthyError("ERR_SEAWORTHY_NO_LIFE", {
    expected: "a life that the Fastify application is part of",
    got: "none: this process has not been started",
    fix: "Call start() of seaworthy before app.register(seaworthyFastify), or give it the `lifecycle` option.",
  });
}
