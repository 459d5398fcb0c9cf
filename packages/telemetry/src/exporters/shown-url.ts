import { redactUrl } from "../http/redact.ts";

/**
 * Where something is sent, as it may be shown: without user and password, and without its query, which in an endpoint
 * holds a key more often than not, under whatever name. gRPC has endpoints without a scheme.
 */
export function shownUrl(url: string): string {
  const [, open = "", query = ""] = /^([^?#]*)(?:\?([^#]*))?/.exec(url) ?? [];
  const shown = /^[a-z][a-z0-9+.-]*:\/\//i.test(open) ? redactUrl(open) : open.replace(/^(.*)@/, "REDACTED:REDACTED@");
  return query === "" ? shown : `${shown}?REDACTED`;
}
