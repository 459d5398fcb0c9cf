import { resolve } from "node:path";
import type { Destination } from "../../exporters/otlp.ts";
import type { OtelFinding, OtelSettings, Pipeline } from "../settings.ts";

/** What the destination of a pipeline is built with. */
export interface DestinationParts {
  /** The content of a file; `undefined` for one that cannot be read. */
  readonly readBytes: (path: string) => Buffer | undefined;
  /** What relative paths are relative to. */
  readonly cwd: string;
  readonly find: (finding: OtelFinding) => void;
}

/**
 * Where a pipeline is sent, with the PEM files read. One that cannot be read is found, and left out: in the same words
 * for each pipeline that it is for.
 */
export function otlpOptionsOf(
  { otlp, given }: Pick<OtelSettings, "otlp" | "given">,
  pipeline: Pipeline,
  { readBytes, cwd, find }: DestinationParts,
): Destination {
  const { caFile, clientCertificateFile, clientKeyFile, ...destination } = otlp[pipeline];

  const read = (path: string | undefined, name: string): Buffer | undefined => {
    if (path === undefined) return undefined;
    const bytes = readBytes(resolve(cwd, path));
    if (bytes === undefined) {
      const own = `OTEL_EXPORTER_OTLP_${pipeline.toUpperCase()}_${name}`;
      const variable = given.has(own) ? own : `OTEL_EXPORTER_OTLP_${name}`;
      const message = `${variable} names a file that cannot be read, ${path}, and does not count; mount it, or correct the path.`;
      find({ level: "warn", variable, message });
    }
    return bytes;
  };

  const ca = read(caFile, "CERTIFICATE");
  const cert = read(clientCertificateFile, "CLIENT_CERTIFICATE");
  const key = read(clientKeyFile, "CLIENT_KEY");
  return { ...destination, tls: { ...(ca && { ca }), ...(cert && key && { cert, key }) } };
}
