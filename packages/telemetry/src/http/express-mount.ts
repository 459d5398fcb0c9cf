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

/** What Express 4 ends each expression with that it makes of a mount path. */
const end = "\\/?(?=\\/|$)";

/**
 * Express 4 keeps the expression that it made of a path, or of several. One that it was given has not that end, and is
 * told as it is: the URL instead would have as many values as it has callers.
 */
function fromExpression(expression: RegExp, keys: readonly Key[]): string {
  const { source } = expression;
  if (!source.startsWith("^") || !source.endsWith(end)) return String(expression);
  const names = keys.map(({ name }) => name).filter((name) => typeof name === "string");
  const paths = source.slice(1, -end.length).split(`${end}|^`);
  const written = paths.map((path) => asWritten(path, names));
  return written.includes(undefined) ? String(expression) : written.join(",");
}

/** What of a path is no letter any more: an escaped character, or a group. */
const changed = new RegExp(
  [
    /\\(?<escaped>[/.])|\\./,
    /\(\?:(?<before>(?:\\[/.])*)(?<pattern>\((?:\\.|\[(?:\\.|[^\]\\])*\]|[^()[\\])*\)|\(\(\?:\(\?![^)]*\)\.\)\+\?\))(?<rest>\(\(\?:\[[^\]]*\]\.\+\?\)\?\))?\)/,
    /(?<bare>\((?!\?)[^()]*\))/,
    /(?<other>[()])/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

/** What stands for one segment, or for a part of one, where a parameter has no pattern of its own. */
const anything = /^\(\[\^\\?\/(?:\\\.)?\]\+\?\)$|^\(\(\?:\(\?!/;

/** A path that Express 4 has made a part of an expression; undefined if it is not understood. */
function asWritten(source: string, names: string[]): string | undefined {
  let isUnderstood = true;
  const parameter = (pattern: string): string => `:${names.shift()}${anything.test(pattern) ? "" : pattern}`;
  const path = source.replaceAll(changed, (all: string, ...found: unknown[]) => {
    const { escaped, before = "", pattern, rest, bare, other } = found.at(-1) as Record<string, string | undefined>;
    if (pattern !== undefined) return `${before.replaceAll("\\", "")}${parameter(pattern)}${rest ? "*" : ""}`;
    if (bare !== undefined) return bare === "(.*)" ? "*" : anything.test(bare) ? parameter(bare) : bare;
    if (other !== undefined) isUnderstood = false;
    return escaped ?? all;
  });
  return isUnderstood ? path : undefined;
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
