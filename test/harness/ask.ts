import { once } from "node:events";
import { Agent, type IncomingHttpHeaders, type RequestOptions, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { type Socket, connect } from "node:net";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What `ask` takes beyond Node's own request options. */
export interface AskOptions extends RequestOptions {
  readonly body?: string;
}

/** Asks once and reads the answer; a new connection each time unless an agent is given. */
export function ask(url: string, { body, ...options }: AskOptions = {}): Promise<Answer> {
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(url, { agent: false, ...options }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (text += chunk));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    response.on("error", reject);
  });
  outgoing.on("error", reject);
  outgoing.end(body);
  return promise;
}

/** An agent with one keep-alive socket, as a pooled client has. */
export const keepAliveAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

/** A bare TCP connection, for what no client would send. */
export async function openSocket(port: number, host = "127.0.0.1"): Promise<Socket> {
  const socket = connect(port, host);
  await once(socket, "connect");
  return socket;
}
