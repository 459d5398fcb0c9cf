import { Server as NetServer } from "node:net";
import { Duplex } from "node:stream";
import type { Clock } from "@seaworthy/lifecycle";

/** Closes a listener, and nothing but the listener. */
export type CloseListener = (this: NetServer) => unknown;

/**
 * Closes the listener and leaves idle sockets to linger. `http.Server.close` would close those, and reset the request
 * that is already on its way (nodejs/node#60617), and stop Node's header time-outs.
 */
export const closeListenerAlone: CloseListener = NetServer.prototype.close;

const answers = new WeakMap<CloseListener, Promise<boolean>>();

/** Whether idle sockets linger when a listener is closed that way, on this Node. Looked at once in a process. */
export function lingers(clock: Clock, closeListener: CloseListener): Promise<boolean> {
  const known = answers.get(closeListener) ?? look(clock, closeListener);
  answers.set(closeListener, known);
  return known;
}

/** A server that never listens, with a connection that never says a word. */
async function look(clock: Clock, closeListener: CloseListener): Promise<boolean> {
  // An import would also load what this module only gets on demand, at every start.
  const server = process.getBuiltinModule("node:http").createServer();
  let closesIdle = false;
  server.closeIdleConnections = server.closeAllConnections = () => {
    closesIdle = true;
  };
  const idle = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  server.emit("connection", idle);
  closeListener.call(server);
  await clock.turn();
  const lingered = !closesIdle && !idle.destroyed;
  idle.destroy();
  return lingered;
}
