/** Ways to name a target that gRPC has of its own, and resolves by itself. */
const ownScheme = /^(?:unix|unix-abstract|dns|ipv4|ipv6):/;

/** Whether gRPC knows what to make of a target by itself, as it does of `unix:/run/otel.sock`. */
export const isNamedTarget = (endpoint: string): boolean => ownScheme.test(endpoint);

/** What gRPC is to dial for an endpoint: the target as it is, or the host and the port of a URL. */
export function dialled(endpoint: string): string {
  if (isNamedTarget(endpoint)) return endpoint;
  const hasScheme = /^\w+:\/\//.test(endpoint);
  const url = URL.parse(hasScheme ? endpoint : `http://${endpoint}`);
  if (url === null) return endpoint;
  if (!hasScheme || url.port !== "") return url.host;
  // A URL forgets the port that its scheme has by default, and gRPC has only the one of https.
  return `${url.hostname}:${url.protocol === "http:" ? 80 : 443}`;
}
