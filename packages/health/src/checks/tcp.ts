import { once } from "node:events";
import { connect } from "node:net";
import type { Check } from "../check.ts";
import { addressText, hostOption, portOption } from "./address.ts";
import { optionsOf } from "./option.ts";
import { untilAborted } from "./until-aborted.ts";
import { failure, noAnswer } from "./failure.ts";

/** What {@link tcp} takes. */
export interface TcpOptions {
  /** The host name or IP address. */
  readonly host: string;
  /** The port, 1 to 65535. */
  readonly port: number;
}

/**
 * Fails unless a TCP connection can be made. It is closed at once and nothing is sent, which says that something
 * listens, not that it works; prefer a `ping` of the client you use. Some servers hold such visits against the visitor:
 * MySQL counts them and locks a host out after `max_connect_errors`.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for an option of the wrong type or range.
 */
export function tcp(options: TcpOptions): Check {
  const { host, port } = optionsOf("tcp", options);
  hostOption("host", host);
  portOption("port", port);
  const what = `Connecting to ${addressText(host, port)}`;

  return async ({ signal }) => {
    if (signal.aborted) throw noAnswer(what, signal);
    const socket = connect({ host, port });
    try {
      await untilAborted(once(socket, "connect"), signal);
    } catch (error) {
      throw failure(what, error, signal);
    } finally {
      socket.destroy();
    }
  };
}
