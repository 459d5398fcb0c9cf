import { METHODS, validateHeaderName, validateHeaderValue } from "node:http";
import { type ConnectionOptions, type SecureContextOptions, createSecureContext } from "node:tls";
import { SeaworthyError, describe, optionError } from "@seaworthy/lifecycle";
import { optionsOf } from "./option.ts";

/** The TLS options of a check, as `tls.connect` and `tls.createSecureContext` take them. */
export type HttpTlsOptions = SecureContextOptions &
  Pick<ConnectionOptions, "rejectUnauthorized" | "servername" | "checkServerIdentity">;

/** What `http` takes. */
export interface HttpOptions {
  /** An `http:` or `https:` URL. */
  readonly url: string | URL;
  /** The method, in capitals. Default `"GET"`. */
  readonly method?: string;
  /** Headers to send. Default none but those that HTTP itself needs. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The status, or the list of statuses, that passes. Default: any from 200 to 299. */
  readonly expectStatus?: number | readonly number[];
  /** For `https:` URLs: `ca`, `cert`, `key`, `servername`, `rejectUnauthorized`, … Default: Node's own. */
  readonly tls?: HttpTlsOptions;
}

/** Options with every default in its place. */
export interface ResolvedHttpOptions {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: HttpTlsOptions | undefined;
  readonly expectedText: string;
  readonly isExpected: (status: number) => boolean;
}

/** Fills in the defaults. @throws `ERR_SEAWORTHY_OPTION` for an option of the wrong type or range. */
export function resolveHttpOptions(options: HttpOptions): ResolvedHttpOptions {
  const { url, method = "GET", headers = {}, expectStatus, tls } = optionsOf("http", options);
  const resolvedUrl = urlOption(url);
  if (!METHODS.includes(method) || method === "CONNECT") {
    throw optionError("method", "an HTTP method in capitals, other than CONNECT", method, "Leave it out for GET.");
  }
  assertHeaders(headers);
  assertTls(tls, resolvedUrl);
  return { url: resolvedUrl, method, headers, tls, ...expectation(expectStatus) };
}

function urlOption(value: unknown): URL {
  const url = value instanceof URL || typeof value === "string" ? URL.parse(String(value)) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: "the `url` option to be an http: or https: URL",
    got: typeof value === "string" || url ? gotUrl(url) : describe(value),
    fix: "Pass the whole URL, with its scheme.",
  });
}

/** Says what came without repeating it: a URL may hold a password. */
function gotUrl(url: URL | null): string {
  return url ? `a URL with the scheme ${url.protocol}` : "a string that is no URL";
}

function assertHeaders(headers: Readonly<Record<string, string>>): void {
  try {
    if (typeof headers !== "object") throw new TypeError("they are no object");
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
  } catch (cause) {
    const fix = `Mend it: ${(cause as Error).message}.`;
    throw optionError("headers", "an object of header names and values", headers, fix);
  }
}

function assertTls(tls: HttpTlsOptions | undefined, url: URL): void {
  if (tls === undefined) return;
  if (typeof tls !== "object" || tls === null) {
    throw optionError("tls", "an object of TLS options", tls, "Pass them by name, such as { ca }.");
  }
  if (url.protocol !== "https:") {
    throw optionError("tls", "left out for an http: URL", tls, "Leave it out, or use an https: URL.");
  }
  try {
    createSecureContext(tls);
  } catch (cause) {
    const fix = `Mend it: ${(cause as Error).message}.`;
    throw optionError("tls", "options that TLS can be set up with", tls, fix);
  }
}

function expectation(value: HttpOptions["expectStatus"]): Pick<ResolvedHttpOptions, "expectedText" | "isExpected"> {
  if (value === undefined) return { expectedText: "200 to 299", isExpected: (status) => status >= 200 && status < 300 };
  const statuses = typeof value === "number" ? [value] : value;
  if (!Array.isArray(statuses) || statuses.length === 0 || !statuses.every(isStatus)) {
    const expected = "a status from 200 to 599, or a list of them";
    throw optionError("expectStatus", expected, value, "Leave it out for any from 200 to 299.");
  }
  return { expectedText: statuses.join(" or "), isExpected: (status) => statuses.includes(status) };
}

function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599;
}
