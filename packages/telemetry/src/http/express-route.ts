import { type Mounted, type Path, mountOf, textOf } from "./express-mount.ts";

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
  /** Express 5. Of Express 4 it throws. */
  readonly router?: Router;
  /** Express 4. */
  readonly _router?: Router;
}

interface Router {
  readonly stack?: readonly Layer[];
}

interface Layer extends Mounted {
  readonly route?: object;
  readonly handle?: Router & ExpressApp;
}

/**
 * The route of a request that Express has handled: the paths under which its routers are mounted, as they were written,
 * and the path of the route. `baseUrl` serves only where there is no application to know the former from, because it has
 * the values of parameters in it, and because it is reset when a handler fails.
 */
export function expressRoute(request: ExpressRequest): string | undefined {
  const { route } = request;
  if (typeof route !== "object" || route === null || route.path === undefined) return undefined;
  return join(prefixOf(route, request), textOf(route.path));
}

/** Each route's prefixes, found once: more than one when its router is mounted more than once, none if unknown. */
const known = new WeakMap<object, Mounts>();

interface Mounts {
  readonly prefixes: Set<string>;
  /** Some may still be unknown. */
  isByUrl: boolean;
}

/** As many as are remembered of one route, of those that URLs tell. */
const limit = 100;

function prefixOf(route: object, { app, originalUrl = "", baseUrl = "" }: ExpressRequest): string {
  const [url = ""] = originalUrl.split("?", 1);
  let mounts = known.get(route);
  if (!mounts) {
    known.set(route, (mounts = { prefixes: new Set(), isByUrl: false }));
    collect(route, app, url, mounts);
  }
  const { prefixes } = mounts;
  // Whether an expression or one of a list is what a URL begins with is not looked into: any other one goes before.
  const fitting = (): string | undefined => {
    let perhaps: string | undefined;
    for (const prefix of prefixes) {
      if (/[\^,]/.test(prefix)) perhaps ??= prefix;
      else if (begins(url, prefix)) return prefix;
    }
    return perhaps;
  };
  if (mounts.isByUrl) {
    const found = fitting();
    if (found !== undefined || prefixes.size >= limit) return found ?? "";
    collect(route, app, url, mounts);
    return fitting() ?? "";
  }
  if (prefixes.size === 1) for (const only of prefixes) return only;
  return fitting() ?? baseUrl;
}

function collect(route: object, app: ExpressApp | undefined, url: string, mounts: Mounts): void {
  const router = routerOf(app);
  if (!router) return;
  const outer = mountPathOf(app);
  const rest = outer === "" ? url : `/${url.split("/").slice(outer.split("/").length).join("/")}`;
  collectIn(route, router, outer, rest, mounts, 0);
}

function routerOf(app: ExpressApp | undefined): Router | undefined {
  try {
    const { _router: old } = app ?? {};
    return old ?? app?.router;
  } catch {
    return undefined;
  }
}

/** Where an application is mounted in another. */
function mountPathOf(app: ExpressApp | undefined): string {
  return app?.parent ? join(mountPathOf(app.parent), textOf(app.mountpath ?? "")) : "";
}

/** Routers can be mounted in a circle, though nobody should. */
const deepest = 20;

function collectIn(route: object, router: Router, prefix: string, url: string, mounts: Mounts, depth: number): void {
  if (depth > deepest) return;
  for (const layer of router.stack ?? []) {
    if (layer.route === route) mounts.prefixes.add(prefix);
    const inner = layer.handle?.stack ? layer.handle : layer.route ? undefined : routerOf(layer.handle);
    const mount = inner?.stack && mountOf(layer, url);
    if (layer.matchers && layer.rawPath === undefined) mounts.isByUrl = true;
    if (!inner || !mount) continue;
    collectIn(route, inner, join(prefix, mount.path), mount.rest, mounts, depth + 1);
  }
}

function join(prefix: string, path: string): string {
  if (prefix === "" || prefix === "/") return path;
  return path === "" || path === "/" ? prefix : `${prefix}${path.startsWith("/") ? "" : "/"}${path}`;
}

/** Whether a URL begins with a mount path, segment by segment. */
function begins(url: string, mount: string): boolean {
  const given = url.split("/");
  return mount
    .split("/")
    .every((segment, place) => /[:*{(?+]/.test(segment) || segment.toLowerCase() === given[place]?.toLowerCase());
}
