import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import type { Health, Heartbeat } from "@seaworthy/health";
import { publish } from "./channels.ts";
import { beat, beatMs, createHeartbeat } from "./heartbeat.ts";
import type { FromProbeThread, ProbeThreadData, ToProbeThread } from "./probe-messages.ts";
import type { AnswerOptions } from "./probe-answer.ts";
import { type ProbeRoutes, type RouteRequest, callRoute, pathOf } from "./probe-routes.ts";

/** A server of probes on a thread of its own. */
export interface ProbeThread {
  /** Rejects with Node's own error, or with {@link ThreadLost}. May be called again after the former. */
  listen(port: number, host: string | undefined): Promise<AddressInfo>;
  close(): Promise<void>;
  /** Lets the process end without it; until then it is held open, for someone may await where the probes are. */
  unref(): void;
  /** Resolves when the thread has ended without having been closed. */
  readonly whenLost: Promise<ThreadLost>;
}

/** The probe thread is no more. */
export class ThreadLost extends Error {}

/** A thread that has not listened by then will not. */
const listenWithinMs = 10_000;

/** It answers a few small requests. Room beyond that is for bursts, such as pipelined ones, and taken only then. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 128, stackSizeMb: 1 };

/** Flags that say how our own files are loaded. Those that load something of the application's are none of them. */
const loaderFlag = /^(--conditions=|--experimental-strip-types$|--disable-warning=)/;

/**
 * Starts the thread. It holds the process open until `unref`.
 *
 * @throws what Node does where there can be no such thread: bundled into one file, or without the permission.
 */
export function startProbeThread(
  health: Health,
  routes: ProbeRoutes,
  options: AnswerOptions,
  limits: Omit<Heartbeat, "ageMs">,
): ProbeThread {
  const { clock } = health.lifecycle;
  const heartbeat = createHeartbeat();
  let told = JSON.stringify(health.snapshot());
  const workerData: ProbeThreadData = { options, limits, heartbeat, routes: Object.keys(routes), snapshot: told };
  const worker = new Worker(new URL(import.meta.resolve("#probe-worker")), {
    name: "seaworthy-probes",
    workerData,
    resourceLimits,
    // Neither NODE_OPTIONS nor --import: what they load would run a second time, in here.
    env: {},
    execArgv: process.execArgv.filter((flag) => loaderFlag.test(flag)),
    stdout: true,
    stderr: true,
  });

  const post = (message: ToProbeThread): void => worker.postMessage(message);
  const lost = Promise.withResolvers<ThreadLost>();
  let listening = Promise.withResolvers<AddressInfo>();
  const closed = Promise.withResolvers<void>();
  let closing = false;
  let listens = false;

  const tellSnapshot = (): void => {
    const snapshot = JSON.stringify(health.snapshot());
    if (snapshot === told) return;
    told = snapshot;
    post({ kind: "snapshot", snapshot });
  };
  // The first change of a tick at once, so that whoever sees its effect finds the probes to agree; the rest together.
  let more: boolean | undefined;
  const changes = health.onChange(() => {
    if (more !== undefined) return void (more = true);
    more = false;
    tellSnapshot();
    queueMicrotask(() => {
      if (more) tellSnapshot();
      more = undefined;
    });
  });
  let timer: Disposable;
  const comeRound = (): void => {
    // What time alone changes, such as a result that grows stale, is told here.
    tellSnapshot();
    beat(heartbeat);
    timer = clock.after(beatMs, comeRound);
  };
  comeRound();

  const asked = new Set<number>();
  const take = async (id: number, request: RouteRequest): Promise<void> => {
    asked.add(id);
    // What was asked during a stall and withdrawn since: the withdrawal is next in the queue.
    await clock.turn();
    post({ kind: "taken", id });
    if (!asked.delete(id)) return;
    post({ kind: "answer", id, answer: await callRoute(routes[pathOf(request.url)], request) });
  };

  let failure: unknown;
  worker.on("error", (error) => (failure = error));
  worker.once("exit", (code) => {
    changes[Symbol.dispose]();
    timer[Symbol.dispose]();
    closed.resolve();
    const end = new ThreadLost(closing ? "a stop that came first" : `It ended with ${code}.`, { cause: failure });
    listening.reject(end);
    if (!closing) lost.resolve(end);
  });
  worker.on("message", (message: FromProbeThread) => {
    switch (message.kind) {
      case "listening":
        listens = true;
        return listening.resolve(message.address);
      case "refused":
        return listening.reject(Object.assign(new Error(message.error.message), message.error));
      case "ask":
        return void take(message.id, message.request);
      case "withdraw":
        return void asked.delete(message.id);
      case "stall":
        return publish("stall", { health, ageMs: message.ageMs, failed: message.failed });
      case "closed":
        return closed.resolve();
    }
  });

  const giveUp = async (): Promise<void> => {
    // It may have said so while this thread was blocked.
    await clock.turn();
    if (listens) return;
    listening.reject(new ThreadLost(`It did not listen within ${listenWithinMs / 1_000} s.`));
    await worker.terminate();
  };

  return {
    unref: () => worker.unref(),
    whenLost: lost.promise,
    async listen(port, host) {
      listening = Promise.withResolvers();
      post({ kind: "listen", port, host });
      const late = clock.after(listenWithinMs, () => void giveUp());
      try {
        return await listening.promise;
      } finally {
        late[Symbol.dispose]();
      }
    },
    async close() {
      closing = true;
      // The stop waits for it, so the process has to.
      worker.ref();
      // One that is still starting would be waited for, and has nobody to let go of.
      if (listens) {
        post({ kind: "close" });
        await closed.promise;
      }
      await worker.terminate();
    },
  };
}
