import { once } from "node:events";
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Check } from "../check.ts";
import { failure, noAnswer } from "./failure.ts";
import { type HttpOptions, resolveHttpOptions } from "./http-options.ts";
import { untilAborted } from "./until-aborted.ts";

export type { HttpOptions, HttpTlsOptions } from "./http-options.ts";

/** How much of a body is read before the connection is closed, in bytes: as the kubelet's probes do. */
const longestBody = 10_240;

/**
 * Fails unless the URL answers with an expected status and, up to 10 KiB of it, the whole body. Every run makes a
 * connection of its own and closes it, with a full TLS handshake for https, so that a server that is gone or a
 * certificate that ran out is noticed. Redirects are not followed, and no proxy is used. A query and credentials in the
 * URL are sent, but left out of messages.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for an option of the wrong type or range.
 */
export function http(options: HttpOptions): Check {
  const { url, method, headers, tls, expectedText, isExpected } = resolveHttpOptions(options);
  const what = `${method} ${url.origin}${url.pathname}`;
  const open =
    url.protocol === "https:"
      ? { request: requestHttps, agent: new HttpsAgent({ keepAlive: false, maxCachedSessions: 0 }) }
      : { request: requestHttp, agent: new HttpAgent({ keepAlive: false }) };

  return async ({ signal }) => {
    if (signal.aborted) throw noAnswer(what, signal);
    const request = open.request(url, { ...tls, method, headers, agent: open.agent });
    let status: number;
    try {
      status = await untilAborted(exchange(request, isExpected), signal);
    } catch (error) {
      throw failure(what, error, signal);
    } finally {
      request.destroy();
    }
    if (!isExpected(status)) throw new Error(`${what} answered ${status}, expected ${expectedText}`);
  };
}

/** Sends the request and reads the answer; the body only when the status is as expected. */
async function exchange(request: ClientRequest, isExpected: (status: number) => boolean): Promise<number> {
  // Once the answer has begun its errors are the answer's, but the request may have them as well, and an error event
  // with no listener ends the process.
  request.on("error", () => undefined).end();
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  const status = answer.statusCode ?? 0;
  if (isExpected(status)) await readBody(answer);
  return status;
}

async function readBody(answer: IncomingMessage): Promise<void> {
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    if (length > longestBody) return;
  }
}
