import type { Lifecycle } from "@seaworthy/lifecycle";
import type { HttpServer } from "../http-server.ts";
import { type CloseListener, lingers } from "./linger.ts";
import type { Requests } from "./requests.ts";
import { within } from "./within.ts";

/** The listening socket of one server: the way in for new connections. */
export interface Listener extends Disposable {
  /** Says that a connection was accepted. */
  arrived(): void;
  /** Closes it, with nobody left in the queue before it. */
  close(signal: AbortSignal): Promise<void>;
}

/** How a listener is closed. */
export interface ListenerSettings {
  readonly lingerMs: number;
  readonly closeListener: CloseListener;
}

/** Node's own default for how many connections wait to be accepted (nodejs.org/api/net, `server.listen`). */
const longestBacklog = 511;

/** While it is open, a stop begins with a drain window. */
export function createListener(
  lifecycle: Lifecycle,
  server: HttpServer,
  requests: Requests,
  { lingerMs, closeListener }: ListenerSettings,
): Listener {
  const { clock } = lifecycle;
  const door = lifecycle.openDoor();
  let arrivals = 0;

  /** Accepts what the kernel has completed, which would be reset with the listener: one connection each turn. */
  const emptyBacklog = async (): Promise<void> => {
    let before = -1;
    for (let turn = 0; turn < longestBacklog && arrivals !== before; turn += 1) {
      before = arrivals;
      await clock.turn();
    }
  };
  /** Where idle sockets go with the listener, it stays until nobody uses one any more. */
  const lingerFirst = async (signal: AbortSignal): Promise<void> => {
    tellOnce(lifecycle);
    while (!signal.aborted && (await within(clock, lingerMs, requests.nextBegun(), signal)));
  };

  return {
    arrived() {
      arrivals += 1;
      door.arrived();
    },
    async close(signal) {
      if (server.listening && !(await lingers(clock, closeListener))) await lingerFirst(signal);
      await emptyBacklog();
      if (server.listening) closeListener.call(server);
    },
    [Symbol.dispose]: () => door[Symbol.dispose](),
  };
}

const told = new WeakSet<Lifecycle>();

function tellOnce(lifecycle: Lifecycle): void {
  if (told.has(lifecycle)) return;
  told.add(lifecycle);
  lifecycle.publish("notice", {
    code: "linger",
    message:
      "This version of Node closes idle connections together with the listener. The listener stays open until no " +
      "request has come for a while; a request that is on its way at that moment may still be lost. Use a Node that " +
      "@seaworthy/http was tested on.",
  });
}
