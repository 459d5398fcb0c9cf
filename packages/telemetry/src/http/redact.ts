/** Query keys whose values are signatures or credentials (semantic conventions, `url.query`). */
const sensitiveKeys = [
  "AWSAccessKeyId",
  "Signature",
  "sig",
  "X-Goog-Signature",
  "X-Amz-Signature",
  "X-Amz-Credential",
  "X-Amz-Security-Token",
];

const redacted = "REDACTED";
const sensitivePair = new RegExp(`(^|&)(${sensitiveKeys.join("|")})=[^&]*`, "g");
const keys = new Set(sensitiveKeys);

/** A query without its secrets, and otherwise as it came. */
export function redactQuery(query: string): string {
  return query.includes("%") ? redactPairs(query) : query.replace(sensitivePair, `$1$2=${redacted}`);
}

/** A key may be written with escapes, as in `%73ig`. */
function redactPairs(query: string): string {
  return query
    .split("&")
    .map((pair) => {
      const end = pair.indexOf("=");
      return end > 0 && keys.has(decode(pair.slice(0, end))) ? `${pair.slice(0, end)}=${redacted}` : pair;
    })
    .join("&");
}

/** A whole URL without the secrets of its query and without its user name and password. */
export function redactUrl(url: string): string {
  const start = url.indexOf("?");
  const before = start < 0 ? url : url.slice(0, start);
  const open = before.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*(?:@[^/@]*)*@/i, `$1${redacted}:${redacted}@`);
  if (start < 0) return open;
  const end = url.indexOf("#", start);
  const query = end < 0 ? url.slice(start + 1) : url.slice(start + 1, end);
  return `${open}?${redactQuery(query)}${end < 0 ? "" : url.slice(end)}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
