import { get } from "node:http";

export interface HttpGet {
  readonly port: number;
  readonly path: string;
  readonly userAgent: string;
  /** Left out: as long as it takes. */
  readonly timeoutMs?: number;
}

/** Asks on a TCP connection of its own and reads the answer; an error is `undefined`. */
export function httpGet({ port, path, userAgent, timeoutMs }: HttpGet): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = { "user-agent": userAgent, accept: "*/*" };
    const request = get({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
      response.resume();
      response.once("close", () => resolve(response.complete ? response.statusCode : undefined));
    });
    request.on("error", () => resolve(undefined));
    if (timeoutMs === undefined) return;
    const timer = setTimeout(() => request.destroy(new Error("timed out")), timeoutMs);
    request.once("close", () => clearTimeout(timer));
  });
}
