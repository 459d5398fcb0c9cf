import type { ExpositionForm } from "./exposition.ts";

/** The form to answer in, and its media type. */
export interface ChosenForm {
  readonly form: ExpositionForm;
  readonly contentType: string;
}

interface Wish {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
}

/**
 * Picks the form that an Accept header asks for (RFC 9110, section 12.5.1): OpenMetrics or the text format, each in a
 * version that we have; the text format when it asks for neither, as Prometheus expects of a target.
 *
 * All names are already such as every version of Prometheus takes, so whoever asks for `escaping` in any way (as
 * Prometheus 3 does) is told `underscores`.
 */
export function negotiateForm(accept: string | undefined): ChosenForm {
  for (const { type, parameters } of wishesOf(accept)) {
    const version = parameters.get("version");
    const escaping = parameters.has("escaping") ? "; escaping=underscores" : "";
    if (type === "application/openmetrics-text" && (version === undefined || openMetricsVersions.has(version))) {
      const told = version ?? "1.0.0";
      return { form: "openmetrics", contentType: `${type}; version=${told}; charset=utf-8${escaping}` };
    }
    const isText = type === "text/plain" && (version === undefined || textVersions.has(version));
    if (isText || type === "*/*" || type === "text/*") {
      const told = isText ? (version ?? "0.0.4") : "0.0.4";
      return { form: "text", contentType: `text/plain; version=${told}; charset=utf-8${escaping}` };
    }
  }
  return { form: "text", contentType: "text/plain; version=0.0.4; charset=utf-8" };
}

const openMetricsVersions: ReadonlySet<string> = new Set(["1.0.0", "0.0.1"]);
/** 1.0.0 adds ways to write names that ours never need. */
const textVersions: ReadonlySet<string> = new Set(["0.0.4", "1.0.0"]);

/** Whether an Accept-Encoding header asks for gzip. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const wishes = [acceptEncoding].flatMap((header) => (header === undefined ? [] : parse(header)));
  const asked = wishes.find(({ type }) => type === "gzip") ?? wishes.find(({ type }) => type === "*");
  return asked !== undefined && asked.weight > 0;
}

function wishesOf(accept: string | undefined): readonly Wish[] {
  const wishes = parse(accept ?? "*/*").filter(({ weight }) => weight > 0);
  const exact = ({ type }: Wish): number => (type === "*/*" ? 0 : type.endsWith("/*") ? 1 : 2);
  return wishes.toSorted((a, b) => b.weight - a.weight || exact(b) - exact(a));
}

function parse(header: string): Wish[] {
  return header.split(",", 20).map((range) => {
    const [type = "", ...rest] = range.split(";").map((part) => part.trim());
    const parameters = new Map(
      rest.map((part): [string, string] => {
        const [name = "", value = ""] = part.split("=", 2).map((side) => side.trim());
        return [name.toLowerCase(), value.replaceAll('"', "")];
      }),
    );
    const quality = parameters.get("q");
    return { type: type.toLowerCase(), parameters, weight: quality === undefined ? 1 : Number(quality) || 0 };
  });
}
