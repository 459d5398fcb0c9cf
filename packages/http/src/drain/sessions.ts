import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Server } from "node:net";
import type { Lifecycle } from "@seaworthy/lifecycle";
import { isHttp2Server } from "../http-server.ts";
import type { OpenRequest, Requests } from "./requests.ts";
import { StreamAnswer } from "./response.ts";

/*
 * How a session of HTTP/2 leaves.
 *
 * leaving             GOAWAY names the last stream that was looked at; those in flight go on
 *                     a stream that crosses it is refused, by that number or by RST_STREAM: it is safe to try again
 * last stream over    the session says the end of its side, and reads on until the client has said its own
 *
 * The graceful way of RFC 9113, section 6.8 (a first GOAWAY that refuses nothing, a PING, and a second one) is not to be
 * had: once any GOAWAY has left, nghttp2 looks at no new stream (`session_allow_incoming_new_stream`), and Node stops
 * reading a session without streams (`Http2Session::MaybeStopReading`), so that the PING is never acknowledged.
 */

/** The sessions of one server of HTTP/2. Disposing takes its listeners off. */
export interface Sessions extends Disposable {
  count(): number;
  /** Asks every session to go. */
  leave(): void;
  find(stream: ServerHttp2Stream): OpenRequest | undefined;
  /** Ends whatever is left. */
  cut(): void;
}

/** Follows the sessions of a server; one of HTTP/1.1 alone has none. `onChange` hears of those that have closed. */
export function createSessions(
  lifecycle: Lifecycle,
  server: Server,
  requests: Requests,
  onChange: () => void,
): Sessions {
  const sessions = new Set<ServerHttp2Session>();
  const streams = new Map<ServerHttp2Stream, OpenRequest>();

  const ask = (session: ServerHttp2Session | undefined): void => {
    if (session && !session.closed && !session.destroyed) session.close();
  };

  /** A session that came while leaving is asked when its first streams are here, so that these are served. */
  const askSoon = async (session: ServerHttp2Session | undefined): Promise<void> => {
    await lifecycle.clock.turn();
    ask(session);
  };

  const onSession = (session: ServerHttp2Session): void => {
    sessions.add(session);
    session.once("close", () => {
      sessions.delete(session);
      onChange();
    });
  };
  const onStream = (stream: ServerHttp2Stream, headers: NodeJS.Dict<unknown>): void => {
    const session = stream.session as ServerHttp2Session | undefined;
    // One that was there before us shows itself with its next stream.
    if (session && !sessions.has(session)) onSession(session);
    const open = requests.begin(new StreamAnswer(stream, headers));
    streams.set(stream, open);
    stream.once("close", () => {
      streams.delete(stream);
      requests.end(open);
    });
    if (headers[":method"] === "CONNECT") requests.keep(open);
    if (lifecycle.leaving) void askSoon(session);
  };

  // Before the application's own: a handler may speak of its stream at once.
  if (isHttp2Server(server)) server.prependListener("session", onSession).prependListener("stream", onStream);
  return {
    count: () => sessions.size,
    leave() {
      for (const session of sessions) ask(session);
    },
    find: (stream) => streams.get(stream),
    cut() {
      for (const session of sessions) session.destroy();
    },
    [Symbol.dispose]: () => void server.off("session", onSession).off("stream", onStream),
  };
}
