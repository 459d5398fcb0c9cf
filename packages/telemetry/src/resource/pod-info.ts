import type { ReadText } from "./surroundings.ts";

/** What the downward API has put into files. */
export interface PodInfo {
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly uid: string | undefined;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Where the documentation of Kubernetes mounts them. */
const folder = "/etc/podinfo";

/** Reads the volume of the downward API, whichever of its files there are. */
export function readPodInfo(readText: ReadText): PodInfo {
  const line = (name: string): string | undefined => readText(`${folder}/${name}`)?.trim() || undefined;
  return {
    name: line("name"),
    namespace: line("namespace"),
    uid: line("uid"),
    labels: readFields(readText(`${folder}/labels`)),
    annotations: readFields(readText(`${folder}/annotations`)),
  };
}

/** Lines of `key="value"`, the value as Go quotes it. */
function readFields(text: string | undefined): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text?.split("\n") ?? []) {
    const split = line.indexOf("=");
    const value = unquote(line.slice(split + 1));
    if (split > 0 && value !== undefined) fields.set(line.slice(0, split), value);
  }
  return fields;
}

const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

function unquote(text: string): string | undefined {
  const [, inner] = /^"(.*)"\s*$/s.exec(text) ?? [];
  return inner?.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/g,
    (_, x, u, U, letter: string = "") => {
      const code: unknown = x ?? u ?? U;
      return typeof code === "string" ? characterOf(Number.parseInt(code, 16)) : (escapes[letter] ?? letter);
    },
  );
}

/** What is beyond Unicode stands for an unknown one: `String.fromCodePoint` throws at it. */
const characterOf = (code: number): string => (code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code));
