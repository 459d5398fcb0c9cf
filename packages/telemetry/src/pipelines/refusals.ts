import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";

/** Node publishes these by itself (nodejs.org/api/diagnostics_channel). */
const errorChannel = "http.client.request.error";

/** What every OTLP exporter over HTTP calls itself. */
const exporterAgent = "OTel-OTLP-Exporter-JavaScript";

/**
 * Hears at once that an export found no connection. The exporter itself tells only when it has tried again for as long
 * as an export may take.
 */
export function hearRefusals(onRefused: (url: URL, error: Error) => void): Disposable {
  const onError = (message: unknown): void => {
    const { request, error } = message as { request: ClientRequest; error: Error };
    if (!String(request.getHeader("user-agent") ?? "").includes(exporterAgent)) return;
    const url = `${request.protocol}//${String(request.getHeader("host"))}${request.path}`;
    if (URL.canParse(url)) onRefused(new URL(url), error);
  };
  subscribe(errorChannel, onError);
  return { [Symbol.dispose]: () => void unsubscribe(errorChannel, onError) };
}
