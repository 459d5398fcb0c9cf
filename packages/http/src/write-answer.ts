import type { RouteAnswer } from "./probe-routes.ts";

/** What of a response is used: Node's own, HTTP/1.1 or HTTP/2, and whatever extends it. */
export interface ProbeResponse {
  readonly headersSent?: boolean;
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(): unknown;
  end(body: string | Uint8Array): unknown;
}

/** Writes an answer, without its body for HEAD; nothing where somebody else has answered meanwhile. */
export function writeAnswer(
  { status, headers, body }: RouteAnswer,
  request: { readonly method?: string | undefined; readonly httpVersionMajor?: number },
  response: ProbeResponse,
): void {
  if (response.headersSent) return;
  // HTTP/2 has no such header; on HTTP/1.1 it keeps askers other than the kubelet from parking a socket here.
  const connection = (request.httpVersionMajor ?? 1) < 2 ? { connection: "close" } : {};
  response.writeHead(status, { ...headers, ...connection });
  if (request.method === "HEAD") response.end();
  else response.end(body);
}
