/** A path as Express takes it. */
export type Path = string | RegExp | readonly Path[];

/** What Express keeps of what is mounted. */
export interface Mounted {
  /** As it was mounted; the router of Express has it from 2.3 on. */
  readonly rawPath?: Path;
  /** Before that: what each path finds in a URL, and whether all is found by a slash. */
  readonly matchers?: readonly Matcher[];
  readonly slash?: boolean;
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean };
  readonly keys?: readonly Key[];
}

interface Key {
  readonly name: string | number;
}

type Matcher = (path: string) => Found | false;

interface Found {
  /** What of the URL was found. */
  readonly path: string;
  readonly params: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Where something is mounted, as it was written, and what of the URL comes after it. */
export interface Mount {
  readonly path: string;
  readonly rest: string;
}

/** Where a layer is mounted; undefined if that is not on the way of a URL. */
export function mountOf({ rawPath, matchers, slash, regexp, keys = [] }: Mounted, url: string): Mount | undefined {
  if (rawPath !== undefined) return { path: textOf(rawPath), rest: "" };
  if (regexp) return { path: regexp.fast_slash ? "" : fromExpression(regexp, keys), rest: "" };
  if (slash) return { path: "", rest: url };
  for (const matcher of matchers ?? []) {
    const found = matcher(url);
    if (found) return { path: fromFound(found), rest: url.slice(found.path.length) || "/" };
  }
  return undefined;
}

/** The path as it was written. */
export function textOf(path: Path): string {
  return Array.isArray(path) ? path.map((one: Path) => textOf(one)).join(",") : String(path);
}

/** The group of a parameter, by itself or in another one that can have the slash before it. */
const parameter = /\(\?:(?:\\\/)?\(\[\^\\?\/\]\+\?\)\)|\(\[\^\\?\/\]\+\?\)/g;

/** Express 4 keeps the expression that it made of the path: each parameter is a group, in the order of `keys`. */
function fromExpression(expression: RegExp, keys: readonly Key[]): string {
  let key = 0;
  const path = expression.source
    .replace(/^\^/, "")
    .replace(/\\\/\?\(\?=\\\/\|\$\)$/, "")
    .replaceAll(parameter, (group) => `${group.startsWith("(?:\\/") ? "/" : ""}:${keys[key++]?.name ?? key}`)
    .replaceAll(/\\(.)/g, "$1");
  // What is not understood is told as it is: the URL instead would have as many values as it has callers.
  return path.includes("(") ? String(expression) : path;
}

/** Puts the names of parameters where their values are. One that stands in no segment of its own takes all there is. */
function fromFound({ path, params }: Found): string {
  const segments = path.split("/");
  for (const [name, value] of Object.entries(params)) {
    const values = typeof value === "string" ? [value] : (value ?? []);
    const start = segments.findIndex((_, at) => values.every((one, offset) => one === decode(segments[at + offset])));
    if (values.length === 0) continue;
    if (start < 0) return `/:${Object.keys(params).join(":")}`;
    segments.splice(start, values.length, typeof value === "string" ? `:${name}` : `*${name}`);
  }
  return segments.join("/");
}

function decode(segment = ""): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
