/** A host as the conventions want it: without brackets, and its port apart. */
export interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

/** Reads `host`, `host:port`, `[v6]` and `[v6]:port`; a bare IPv6 address has no port. */
export function parseAddress(text: string): Address {
  const close = text.indexOf("]");
  if (text.startsWith("[") && close > 0) return { host: text.slice(1, close), port: portAfter(text, close + 1) };
  const colon = text.indexOf(":");
  if (colon < 0 || text.includes(":", colon + 1)) return { host: text, port: undefined };
  return { host: text.slice(0, colon), port: portAfter(text, colon) };
}

function portAfter(text: string, colon: number): number | undefined {
  const digits = text.slice(colon + 1);
  return text[colon] === ":" && /^\d{1,5}$/.test(digits) ? Number(digits) : undefined;
}

/** The port that a scheme has when none is written. */
export const defaultPort = (scheme: string): number | undefined =>
  scheme === "https" ? 443 : scheme === "http" ? 80 : undefined;

/** Whether a path is a whole URL, as it is in a request to a proxy. */
export const isAbsolute = (path: string): boolean => /^https?:\/\//i.test(path);

/** Host and port of a URL, which need not be one in all else. */
export function addressIn(url: string): Address {
  const [, scheme = "", authority = ""] = /^([a-z]+):\/\/([^/?#]*)/i.exec(url) ?? [];
  const { host, port = defaultPort(scheme.toLowerCase()) } = parseAddress(
    authority.slice(authority.lastIndexOf("@") + 1),
  );
  return { host, port };
}

/** What a proxy said of the request that it passed on. */
export interface Forwarded {
  readonly client: string | undefined;
  readonly host: string | undefined;
  readonly scheme: string | undefined;
}

/** What of the headers of a request tells of proxies. */
export interface ForwardingHeaders {
  readonly forwarded?: string | readonly string[] | undefined;
  readonly "x-forwarded-for"?: string | readonly string[] | undefined;
  readonly "x-forwarded-host"?: string | readonly string[] | undefined;
  readonly "x-forwarded-proto"?: string | readonly string[] | undefined;
}

/** Reads the first hop of `Forwarded` (RFC 7239), else of the `X-Forwarded-*` headers; `undefined` without any. */
export function readForwarded(headers: ForwardingHeaders): Forwarded | undefined {
  const forwarded = headers.forwarded;
  if (forwarded !== undefined) return readStandard(String(forwarded));
  const client = headers["x-forwarded-for"];
  const host = headers["x-forwarded-host"];
  const scheme = headers["x-forwarded-proto"];
  if (client === undefined && host === undefined && scheme === undefined) return undefined;
  return { client: hostOf(first(client)), host: first(host), scheme: first(scheme) };
}

/** Looked for where a word begins, and nowhere within it: a header of one long word would take seconds. */
const pair = /\b(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^;,\s]*))/g;

function readStandard(header: string): Forwarded {
  const found = new Map<string, string>();
  for (const [, name = "", quoted, token] of header.matchAll(pair)) {
    const key = name.toLowerCase();
    // The first hop is the one nearest to the client.
    if (!found.has(key)) found.set(key, quoted?.replaceAll(/\\(.)/g, "$1") ?? token ?? "");
  }
  return { client: hostOf(found.get("for")), host: found.get("host"), scheme: found.get("proto") };
}

const hostOf = (text: string | undefined): string | undefined => (text ? parseAddress(text).host : undefined);

function first(value: string | readonly string[] | undefined): string | undefined {
  const text = typeof value === "string" ? value : value?.[0];
  return text?.split(",", 1)[0]?.trim() || undefined;
}
