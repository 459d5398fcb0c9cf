/**
 * The names of the stable HTTP semantic conventions that are used here (opentelemetry.io/docs/specs/semconv/http).
 * Written out, because the package of all names takes ten milliseconds to load.
 */
export const names = {
  clientAddress: "client.address",
  errorType: "error.type",
  method: "http.request.method",
  methodOriginal: "http.request.method_original",
  status: "http.response.status_code",
  route: "http.route",
  peerAddress: "network.peer.address",
  peerPort: "network.peer.port",
  protocolVersion: "network.protocol.version",
  serverAddress: "server.address",
  serverPort: "server.port",
  urlFull: "url.full",
  path: "url.path",
  query: "url.query",
  scheme: "url.scheme",
  userAgent: "user_agent.original",
} as const;

/** The instruments, with the units and buckets that the conventions give them. */
export const metrics = {
  serverDuration: "http.server.request.duration",
  serverActive: "http.server.active_requests",
  clientDuration: "http.client.request.duration",
} as const;

/** In seconds. */
export const durationBuckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
