import { commonUrl, defaultEndpoint, ownUrl } from "./endpoint.ts";
import { overGrpc } from "./headers.ts";
import type { Complain } from "./readers.ts";
import type { OtlpSettings, OtlpVariables, Pipeline, Protocol } from "./settings.ts";

/** Gives what a variable of a pipeline, or the one for all of them, has to be told of. */
export type ComplainOf = (variable: string) => Complain;

/** Puts what is said for all pipelines, and for one of them, together. */
export function settleOtlp(
  pipeline: Pipeline,
  otlp: Readonly<Record<"all" | Pipeline, OtlpVariables>>,
  complainOf: ComplainOf,
): OtlpSettings {
  const { all, [pipeline]: own } = otlp;
  const protocol = own.protocol ?? all.protocol ?? "http/protobuf";
  const insecure = own.insecure ?? all.insecure ?? false;
  const url = urlOf(pipeline, all.endpoint, own.endpoint, protocol, complainOf);
  const files = clientFiles(pipeline, all, own, complainOf);
  if (insecure) tellIdleInsecure(pipeline, own.insecure === undefined, protocol, url, complainOf);
  const isDefault = (own.endpoint ?? all.endpoint) === undefined;
  if (!isDefault && /^http:/i.test(url)) tellIdleFiles(pipeline, all, own, complainOf);
  return {
    protocol,
    url,
    headers: headersOf(pipeline, all, own, protocol, complainOf),
    timeoutMs: own.timeoutMs ?? all.timeoutMs ?? 10_000,
    compression: own.compression ?? all.compression ?? "none",
    insecure,
    caFile: own.caFile ?? all.caFile,
    ...files,
  };
}

const common = (name: string): string => `OTEL_EXPORTER_OTLP_${name}`;
const of = (pipeline: Pipeline, name: string): string => `OTEL_EXPORTER_OTLP_${pipeline.toUpperCase()}_${name}`;

function urlOf(
  pipeline: Pipeline,
  all: string | undefined,
  own: string | undefined,
  protocol: Protocol,
  complainOf: ComplainOf,
): string {
  const silent: Complain = () => {};
  const ofOwn = own === undefined ? undefined : ownUrl(own, pipeline, protocol, complainOf(of(pipeline, "ENDPOINT")));
  if (ofOwn !== undefined) return ofOwn;
  const ofAll = all === undefined ? undefined : commonUrl(all, pipeline, protocol, complainOf(common("ENDPOINT")));
  if (ofAll !== undefined) return ofAll;
  const endpoint = defaultEndpoint(protocol);
  return commonUrl(endpoint, pipeline, protocol, silent) ?? endpoint;
}

function headersOf(
  pipeline: Pipeline,
  all: OtlpVariables,
  own: OtlpVariables,
  protocol: Protocol,
  complainOf: ComplainOf,
): Readonly<Record<string, string>> {
  if (protocol !== "grpc") return { ...all.headers, ...own.headers };
  return {
    ...overGrpc(all.headers, complainOf(common("HEADERS"))),
    ...overGrpc(own.headers, complainOf(of(pipeline, "HEADERS"))),
  };
}

/** A certificate is nothing without its key. */
function clientFiles(
  pipeline: Pipeline,
  all: OtlpVariables,
  own: OtlpVariables,
  complainOf: ComplainOf,
): Pick<OtlpSettings, "clientCertificateFile" | "clientKeyFile"> {
  const clientCertificateFile = own.clientCertificateFile ?? all.clientCertificateFile;
  const clientKeyFile = own.clientKeyFile ?? all.clientKeyFile;
  if ((clientCertificateFile === undefined) === (clientKeyFile === undefined)) {
    return { clientCertificateFile, clientKeyFile };
  }
  const [set, missing] =
    clientKeyFile === undefined ? ["CLIENT_CERTIFICATE", "CLIENT_KEY"] : ["CLIENT_KEY", "CLIENT_CERTIFICATE"];
  const isOwn = own.clientCertificateFile !== undefined || own.clientKeyFile !== undefined;
  const [variable, other] = isOwn ? [of(pipeline, set), of(pipeline, missing)] : [common(set), common(missing)];
  complainOf(variable)(`stands alone, and does not count; set ${other}, too.`);
  return { clientCertificateFile: undefined, clientKeyFile: undefined };
}

/** Whoever gives certificates thinks that what is sent is encrypted. */
function tellIdleFiles(pipeline: Pipeline, all: OtlpVariables, own: OtlpVariables, complainOf: ComplainOf): void {
  const files = [
    ["CERTIFICATE", "caFile"],
    ["CLIENT_CERTIFICATE", "clientCertificateFile"],
  ] as const;
  for (const [name, key] of files) {
    if ((own[key] ?? all[key]) === undefined) continue;
    complainOf(own[key] === undefined ? common(name) : of(pipeline, name))(
      "has no say beside an endpoint with http://, to which all is sent in plain text; write https://, or unset it.",
    );
  }
}

function tellIdleInsecure(
  pipeline: Pipeline,
  isCommon: boolean,
  protocol: Protocol,
  url: string,
  complainOf: ComplainOf,
): void {
  const complain = complainOf(isCommon ? common("INSECURE") : of(pipeline, "INSECURE"));
  if (protocol !== "grpc")
    complain("has no say over HTTP, where the scheme of the endpoint decides; unset it.", "info");
  else if (/^https:/i.test(url))
    complain("has no say beside an endpoint with https://, which is secure; unset it.", "info");
}
