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

/** What a PEM file is to hold, and how that begins. */
interface PemKind {
  readonly what: string;
  readonly begins: RegExp;
}

const certificate: PemKind = { what: "certificate", begins: /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/ };
const privateKey: PemKind = { what: "private key", begins: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/ };

/** How a key begins that asks for a password. */
const lockedKey = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

/**
 * Where a pipeline is sent, with the PEM files read. One that cannot be read, or holds something else, is found, and
 * left out: in the same words for each pipeline that it is for.
 */
export function otlpOptionsOf(
  { otlp, given }: Pick<OtelSettings, "otlp" | "given">,
  pipeline: Pipeline,
  { readBytes, cwd, find }: DestinationParts,
): Destination {
  const { caFile, clientCertificateFile, clientKeyFile, ...destination } = otlp[pipeline];

  const read = (path: string | undefined, name: string, kind: PemKind): Buffer | undefined => {
    if (path === undefined) return undefined;
    const bytes = readBytes(resolve(cwd, path));
    const problem = problemOf(bytes, path, kind);
    if (problem === undefined) return bytes;
    const own = `OTEL_EXPORTER_OTLP_${pipeline.toUpperCase()}_${name}`;
    const variable = given.has(own) ? own : `OTEL_EXPORTER_OTLP_${name}`;
    find({ level: "warn", variable, message: `${variable} names a file that ${problem}` });
    return undefined;
  };

  const ca = read(caFile, "CERTIFICATE", certificate);
  const cert = read(clientCertificateFile, "CLIENT_CERTIFICATE", certificate);
  const key = read(clientKeyFile, "CLIENT_KEY", privateKey);
  return { ...destination, tls: { ...(ca && { ca }), ...(cert && key && { cert, key }) } };
}

/** Why a file does not count; `undefined` for one that does. Told here, since a handshake fails in other words, if at all. */
function problemOf(bytes: Buffer | undefined, path: string, { what, begins }: PemKind): string | undefined {
  if (bytes === undefined) return `cannot be read, ${path}, and does not count; mount it, or correct the path.`;
  const text = bytes.toString("latin1");
  if (!begins.test(text)) return `holds no ${what} in PEM, ${path}, and does not count; put one there.`;
  if (lockedKey.test(text))
    return `holds a key that asks for a password, ${path}, and does not count; put one without.`;
  return undefined;
}
