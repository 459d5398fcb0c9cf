import { isNamedTarget } from "../exporters/grpc-target.ts";
import type { Complain } from "./readers.ts";
import type { Pipeline, Protocol } from "./settings.ts";

/** Where a Collector listens unless it is told otherwise. */
export const defaultEndpoint = (protocol: Protocol): string =>
  protocol === "grpc" ? "http://localhost:4317" : "http://localhost:4318";

/** The path that OTLP over HTTP has for a pipeline. */
const pathOf = (pipeline: Pipeline): string => `/v1/${pipeline}`;

/** The URL of a pipeline from the endpoint of all, to which OTLP over HTTP appends its path. */
export function commonUrl(
  endpoint: string,
  pipeline: Pipeline,
  protocol: Protocol,
  complain: Complain,
): string | undefined {
  if (protocol === "grpc") return grpcTarget(endpoint, complain);
  const url = httpUrl(endpoint, protocol, complain);
  if (url === undefined) return undefined;
  if (/\/v1\/(traces|metrics|logs)\/?$/.test(url.pathname)) {
    complain("ends in the path of a pipeline, and has each pipeline's path appended; give it without.");
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${pathOf(pipeline)}`;
  return url.href;
}

/** The URL of a pipeline from its own endpoint, which is taken as it is. */
export function ownUrl(
  endpoint: string,
  pipeline: Pipeline,
  protocol: Protocol,
  complain: Complain,
): string | undefined {
  if (protocol === "grpc") return grpcTarget(endpoint, complain);
  const url = httpUrl(endpoint, protocol, complain);
  if (url === undefined) return undefined;
  const [, other] = /\/v1\/(traces|metrics|logs)\/?$/.exec(url.pathname) ?? [];
  if (url.pathname === "/") {
    complain(
      `has no path, and is taken as it is; a Collector takes ${pipeline} at ${pathOf(pipeline)}, so append that.`,
    );
  } else if (other !== undefined && other !== pipeline) {
    complain(`has the path of ${other}; a Collector takes ${pipeline} at ${pathOf(pipeline)}.`);
  }
  return url.href;
}

/** Never shows the URL: it can hold a password, or a key in its query. */
function httpUrl(endpoint: string, protocol: Protocol, complain: Complain): URL | undefined {
  const url = URL.parse(endpoint);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    complain("is no URL that begins with http:// or https://, and does not count; write http://host:4318.");
    return undefined;
  }
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    complain(
      "has a user or a password that is not percent-encoded as it should be, and does not count; write a percent sign as %25.",
    );
    return undefined;
  }
  if (url.port === "4317") {
    complain(
      `has port 4317, where a Collector speaks gRPC, while the protocol is ${protocol}; ` +
        "use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL to grpc.",
    );
  }
  return url;
}

/** A request throws at credentials that it cannot decode. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** What gRPC can dial: a URL, or one of its own names for a target. */
function grpcTarget(endpoint: string, complain: Complain): string | undefined {
  if (isNamedTarget(endpoint)) return endpoint;
  const url = /^\w+:\/\//.test(endpoint) ? URL.parse(endpoint) : URL.parse(`http://${endpoint}`);
  if (url === null || url.hostname === "" || !/^https?:$/.test(url.protocol)) {
    complain("is nothing that gRPC can dial, and does not count; write http://host:4317.");
    return undefined;
  }
  if (url.pathname !== "/") complain("has a path, which gRPC has no use for; take it off.", "info");
  if (url.username !== "" || url.search !== "") {
    complain("has credentials or a query, which gRPC has no use for; set OTEL_EXPORTER_OTLP_HEADERS in their place.");
  }
  if (url.port === "4318") {
    complain(
      "has port 4318, where a Collector speaks HTTP, while the protocol is grpc; " +
        "use port 4317, or set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf.",
    );
  }
  return endpoint;
}
