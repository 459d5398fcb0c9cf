import { redactUrl } from "../http/redact.ts";

/** Where something is sent, as it may be shown: without user, password and keys. gRPC has endpoints without a scheme. */
export const shownUrl = (url: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? redactUrl(url) : url.replace(/^(.*)@/, "REDACTED:REDACTED@");
