/** A path as Express takes it. */
type Path = string | RegExp | readonly Path[];

/** What of a request Express and Nest on Express leave behind when it is over. */
export interface ExpressRequest {
  readonly route?: { readonly path?: Path };
  readonly baseUrl?: string;
  readonly originalUrl?: string;
  readonly app?: ExpressApp;
}

interface ExpressApp {
  readonly parent?: ExpressApp;
  readonly mountpath?: Path;
  /** Express 5. */
  readonly router?: Router;
  /** Express 4. */
  readonly _router?: Router;
}

interface Router {
  readonly stack?: readonly Layer[];
}

interface Layer {
  readonly route?: object;
  readonly handle?: Router & ExpressApp;
  /** As it was mounted; the router of Express has it from 2.3 on. */
  readonly rawPath?: Path;
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_slash?: boolean };
  readonly keys?: readonly { readonly name: string | number }[];
}

/**
 * The route of a request that Express has handled: the paths under which its routers are mounted, as they were written,
 * and the path of the route. `baseUrl` serves only where the former cannot be known, because it has the values of
 * parameters in it, and because it is reset when a handler fails.
 */
export function expressRoute(request: ExpressRequest): string | undefined {
  const { route } = request;
  if (typeof route !== "object" || route === null || route.path === undefined) return undefined;
  const path = textOf(route.path);
  const { prefixes } = mountsOf(route, request.app);
  const url = request.originalUrl ?? "";
  const prefix = prefixes.length > 1 ? prefixes.find((candidate) => begins(url, candidate)) : prefixes[0];
  return join(prefix ?? request.baseUrl ?? "", path);
}

/** Each route's prefixes, found once: more than one when its router is mounted more than once, none if unknown. */
const known = new WeakMap<object, Mounts>();

interface Mounts {
  readonly prefixes: readonly string[];
}

function mountsOf(route: object, app: ExpressApp | undefined): Mounts {
  const found = known.get(route);
  if (found) return found;
  const prefixes: string[] = [];
  const router = routerOf(app);
  if (router) collect(route, router, mountPathOf(app), prefixes, 0);
  const mounts: Mounts = { prefixes };
  known.set(route, mounts);
  return mounts;
}

const routerOf = ({ _router: old, router }: ExpressApp = {}): Router | undefined => old ?? router;

/** Where an application is mounted in another. */
function mountPathOf(app: ExpressApp | undefined): string {
  return app?.parent ? join(mountPathOf(app.parent), textOf(app.mountpath ?? "")) : "";
}

/** Routers can be mounted in a circle, though nobody should. */
const deepest = 20;

function collect(route: object, router: Router, prefix: string, prefixes: string[], depth: number): void {
  if (depth > deepest) return;
  for (const layer of router.stack ?? []) {
    if (layer.route === route) prefixes.push(prefix);
    const inner = layer.handle?.stack ? layer.handle : layer.route ? undefined : routerOf(layer.handle);
    const path = inner?.stack ? mountOf(layer) : undefined;
    if (inner && path !== undefined) collect(route, inner, join(prefix, path), prefixes, depth + 1);
  }
}

function mountOf({ rawPath, regexp, keys = [] }: Layer): string | undefined {
  if (rawPath !== undefined) return textOf(rawPath);
  if (!regexp) return undefined;
  return regexp.fast_slash ? "" : fromExpression(regexp, keys);
}

/** Express 4 keeps the expression that it made of the path: each parameter is a group, in the order of `keys`. */
function fromExpression({ source }: RegExp, keys: readonly { readonly name: string | number }[]): string | undefined {
  let key = 0;
  const path = source
    .replace(/^\^/, "")
    .replace(/\\\/\?\(\?=\\\/\|\$\)$/, "")
    .replaceAll(/\(\?:\(\[\^\\?\/\]\+\?\)\)|\(\[\^\\?\/\]\+\?\)/g, () => `:${keys[key++]?.name ?? key}`)
    .replaceAll(/\\(.)/g, "$1");
  return path.includes("(") ? undefined : path;
}

function textOf(path: Path): string {
  return Array.isArray(path) ? path.map((one: Path) => textOf(one)).join(",") : String(path);
}

function join(prefix: string, path: string): string {
  if (prefix === "" || prefix === "/") return path;
  return path === "" || path === "/" ? prefix : `${prefix}${path.startsWith("/") ? "" : "/"}${path}`;
}

/** Whether a URL begins with a mount path, segment by segment. */
function begins(url: string, mount: string): boolean {
  const given = url.split("?", 1)[0]?.split("/") ?? [];
  return mount
    .split("/")
    .every((segment, place) => /[:*{(]/.test(segment) || segment.toLowerCase() === given[place]?.toLowerCase());
}
