import { setHttpRoute } from "./route.ts";

/** A class of Hono's routers: `SmartRouter`, which stands before all others, or `PatternRouter`, of `hono/tiny`. */
export interface HonoRouterClass {
  readonly prototype: object;
}

interface Route {
  readonly path: string;
  readonly method: string;
  readonly handler: Handler;
}

type Handler = ((...args: never[]) => unknown) & { readonly __COMPOSED_HANDLER?: Handler };

/** What a router of Hono answers: all that matches, in the order in which it would run. */
type Matched = readonly [readonly (readonly [readonly [unknown, Route], unknown])[], ...unknown[]];

interface Router {
  match(method: string, path: string): Matched;
}

/**
 * Makes the routes known that a router of Hono finds; Hono publishes nothing. To be called before the application
 * serves: a router replaces its own `match` at the first request.
 */
export function watchHonoRoutes(HonoRouter: HonoRouterClass): Disposable {
  const prototype = HonoRouter.prototype as Router;
  const original = prototype.match;
  if (typeof original !== "function") return { [Symbol.dispose]() {} };
  let isWatching = true;
  const telling = (match: Router["match"]): Router["match"] =>
    function (this: Router, method, path) {
      const matched = match.call(this, method, path);
      const route = isWatching ? routeOf(matched) : undefined;
      if (route !== undefined) setHttpRoute(route);
      return matched;
    };
  const tellAtFirst = telling(original);
  const watched: Router["match"] = function (this: Router, method, path) {
    const matched = tellAtFirst.call(this, method, path);
    if (Object.hasOwn(this, "match")) this.match = telling(this.match);
    return matched;
  };
  prototype.match = watched;
  return {
    [Symbol.dispose]() {
      isWatching = false;
      if (prototype.match === watched) prototype.match = original;
    },
  };
}

/** A handler of an application inside another may be wrapped. */
const argumentsOf = ({ length, __COMPOSED_HANDLER: wrapped }: Handler): number => wrapped?.length ?? length;

/** The last one that answers: middleware takes `next`, and alone it is no route. */
function routeOf([matched]: Matched): string | undefined {
  const routes = matched.map(([[, route]]) => route);
  const found =
    routes.findLast(({ handler }) => argumentsOf(handler) < 2) ?? routes.findLast(({ method }) => method !== "ALL");
  return found?.path;
}
