import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/**
 * Has the socket of a request wait for the rest of the body where Node closes it behind the response: a socket that goes
 * with bytes unread is reset, and the reset may overtake the response. It is closed for writing, and read until the
 * body is whole, as RFC 9112 asks in section 9.6; one that never becomes whole ends with the drain.
 */
export function lingerForBody(request: IncomingMessage): void {
  const { socket } = request;
  socket.destroySoon = () => {
    delete (socket as Partial<Socket>).destroySoon;
    if (request.complete) return socket.destroySoon();
    socket.end();
    request.once("end", () => socket.destroySoon()).resume();
  };
}
