import type { PipelineName } from "./tally.ts";

/** Why an export failed, and what to do about it. */
export interface ExportFailure {
  readonly cause: string;
  readonly fix: string;
}

/** What an exporter hands over: an `OTLPExporterError` has the status as `code`, an error of Node its own code. */
interface ExportError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly data?: unknown;
  readonly cause?: unknown;
}

const endpointFix = "Set OTEL_EXPORTER_OTLP_ENDPOINT to where your Collector listens";

/** Reads the error of an exporter as an operator would. */
export function explainFailure(pipeline: PipelineName, endpoint: string, error: unknown): ExportFailure {
  const { code, message, data, cause } = (typeof error === "object" && error !== null ? error : {}) as ExportError;
  const text = typeof message === "string" ? message : String(error);
  const status = typeof code === "number" ? code : undefined;
  if (status !== undefined && isGrpc(endpoint, text)) return explainGrpc(status, text);
  if (status !== undefined) return explainStatus(pipeline, status, textOf(data) || text);
  const nodeCode = typeof code === "string" ? code : codeOf(cause);
  if (nodeCode !== undefined) return explainNodeError(nodeCode, text, endpoint);
  if (/timed out|timeout/i.test(text)) return { cause: "no answer came in time", fix: `${slowFix}.` };
  if (/retryable status/i.test(text)) return { cause: "it answered 429, 502, 503 or 504", fix: `${overloadFix}.` };
  if (/concurrent export limit/i.test(text))
    return { cause: "too many exports wait for an answer", fix: `${slowFix}.` };
  return { cause: text, fix: `${endpointFix}.` };
}

const speakTls = "Begin the endpoint with https:// if the Collector asks for TLS.";
const nameFix = "Use in the endpoint the name that its certificate has.";
const clientFix = "Give one that it trusts by OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY.";
const trustFix = "Give the authority's certificate by OTEL_EXPORTER_OTLP_CERTIFICATE.";
const slowFix = "Look at the Collector's load and at the network between, or lengthen OTEL_EXPORTER_OTLP_TIMEOUT";
const overloadFix =
  "Look at the Collector's own log: its memory limiter or its queue is full, or what it sends to is down";

function explainStatus(pipeline: PipelineName, status: number, text: string): ExportFailure {
  const cause = `it answered ${status}${text === "" ? "" : ` (${shorten(text)})`}`;
  if (status === 401 || status === 403) {
    return {
      cause,
      fix: "Set the credentials it asks for by OTEL_EXPORTER_OTLP_HEADERS, such as authorization=Bearer%20…",
    };
  }
  if (status === 404 || status === 405) {
    return {
      cause,
      fix: `It has no receiver there: the path of OTLP over HTTP is /v1/${pipeline}, which is added to OTEL_EXPORTER_OTLP_ENDPOINT but not to OTEL_EXPORTER_OTLP_${pipeline.toUpperCase()}_ENDPOINT.`,
    };
  }
  if (status === 413)
    return { cause, fix: "Make batches smaller by OTEL_BSP_MAX_EXPORT_BATCH_SIZE or OTEL_BLRP_MAX_EXPORT_BATCH_SIZE." };
  if (status === 415)
    return { cause, fix: "Choose an encoding it takes by OTEL_EXPORTER_OTLP_PROTOCOL: http/protobuf or http/json." };
  if (status >= 300 && status < 400)
    return { cause, fix: "Redirects are not followed: set the endpoint to where it points." };
  // What servers of TLS answer in plain text, those of Go and nginx among them.
  if (status === 400 && /https/i.test(text)) return { cause, fix: speakTls };
  if (status === 400)
    return { cause, fix: "Something between does not speak OTLP, or the Collector is much older than this SDK." };
  return { cause, fix: `${overloadFix}.` };
}

function explainNodeError(code: string, text: string, endpoint: string): ExportFailure {
  if (code === "ECONNREFUSED")
    return { cause: "the connection was refused", fix: `Nothing listens there. ${endpointFix}.` };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { cause: `its name is not known (${code})`, fix: `Correct the host name, or look at DNS. ${endpointFix}.` };
  }
  if (code === "HPE_INVALID_CONSTANT" || (code === "ECONNRESET" && portOf(endpoint) === "4317")) {
    return {
      cause: `it does not speak HTTP/1.1 (${code})`,
      fix: "Port 4317 is that of gRPC: use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.",
    };
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    return { cause: `it cut the connection (${code})`, fix: `Look at what is between. ${speakTls}` };
  }
  if (code === "EMFILE" || code === "ENFILE") {
    return {
      cause: `no further file can be opened here (${code})`,
      fix: "Look for files and sockets that this service does not close, or raise its limit (ulimit -n).",
    };
  }
  if (/^ERR_OSSL_|^ERR_CRYPTO/.test(code)) {
    return {
      cause: `a certificate or a key for it does not read (${code})`,
      fix: "Correct the PEM files that OTEL_EXPORTER_OTLP_CERTIFICATE, _CLIENT_CERTIFICATE and _CLIENT_KEY name.",
    };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return {
      cause: `its certificate is for another name (${code})`,
      fix: nameFix,
    };
  }
  if (/^ERR_SSL_.*(?:CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA)/.test(code)) {
    return {
      cause: `it does not take the certificate of this service (${code})`,
      fix: clientFix,
    };
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code)) {
    return {
      cause: `its certificate is not trusted (${code})`,
      fix: trustFix,
    };
  }
  if (code === "EPROTO" || /wrong version number/i.test(text)) {
    return {
      cause: `it does not speak TLS (${code})`,
      fix: "Begin the endpoint with http:// if the Collector listens in plain text.",
    };
  }
  if (code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH") {
    return { cause: `it cannot be reached (${code})`, fix: "Look at the network policy and the route to it." };
  }
  return { cause: `${shorten(text)} (${code})`, fix: `${endpointFix}.` };
}

/** The codes of gRPC (grpc.github.io/grpc/core/md_doc_statuscodes.html) that an operator meets. */
function explainGrpc(code: number, text: string): ExportFailure {
  const cause = `gRPC status ${code} (${shorten(text)})`;
  if (code === 16 || code === 7)
    return { cause, fix: "Set the credentials it asks for by OTEL_EXPORTER_OTLP_HEADERS." };
  if (code === 12)
    return { cause, fix: "The Collector has no pipeline for this, or the port is not that of gRPC (4317)." };
  if (code === 14) return { cause, fix: connectionFixes.find(([found]) => found.test(text))?.[1] ?? notGrpcFix };
  if (code === 4) return { cause, fix: `${slowFix}.` };
  return { cause, fix: `${overloadFix}.` };
}

const notGrpcFix = `Nothing that speaks gRPC answers there. ${endpointFix}; its port is 4317.`;

/** What gRPC tells of a connection that did not come to be, in words alone. */
const connectionFixes: readonly (readonly [found: RegExp, fix: string])[] = [
  [/Name resolution failed/, `Correct the host name, or look at DNS. ${endpointFix}.`],
  [
    /wrong version number/i,
    "Begin the endpoint with http:// if the Collector listens in plain text; for one without a scheme set OTEL_EXPORTER_OTLP_INSECURE=true.",
  ],
  [/does not match certificate's altnames/i, nameFix],
  [/alert (?:certificate required|handshake failure|bad certificate|unknown ca)/i, clientFix],
  [/certificate/i, trustFix],
];

const isGrpc = (endpoint: string, text: string): boolean => /^\d+ [A-Z_]+:/.test(text) || endpoint.startsWith("grpc");

const codeOf = (cause: unknown): string | undefined => {
  const { code } = (typeof cause === "object" && cause !== null ? cause : {}) as ExportError;
  return typeof code === "string" ? code : undefined;
};

const textOf = (data: unknown): string =>
  typeof data === "string" && /^[\x20-\x7e\s]*$/.test(data) ? data.trim() : "";

/** A text that others have written, in one line that is not too long. */
export const shorten = (text: string): string =>
  (text.length <= 200 ? text : `${text.slice(0, 200)}…`).replaceAll(/\s+/g, " ");

const portOf = (endpoint: string): string => (URL.canParse(endpoint) ? new URL(endpoint).port : "");
