/** Where Koa's context of a request is kept: on the request, or on its stream if it came over HTTP/2. */
const key = Symbol("seaworthy.http.koa");

interface Carrier {
  [key]?: KoaContext;
}

/** What of a context of Koa is used. */
interface KoaContext {
  readonly req?: Carrier & { readonly stream?: Carrier };
  /** By `@koa/router`, and by `koa-router` before it. */
  readonly _matchedRoute?: string | RegExp;
}

/** The class that `koa` exports. */
export interface KoaClass {
  readonly prototype: object;
}

interface KoaPrototype {
  createContext(...args: unknown[]): KoaContext;
}

/**
 * Makes the routes of `@koa/router` known. A request of Node has no way to Koa's context of it, where the route is
 * noted, and Koa publishes nothing: so each new context is remembered by its request. To be called with what `koa`
 * exports, once the application has loaded it; it works for applications that were made before, too.
 */
export function watchKoaRoutes(Koa: KoaClass): Disposable {
  const prototype = Koa.prototype as KoaPrototype;
  const original = prototype.createContext;
  if (typeof original !== "function") return { [Symbol.dispose]() {} };
  const watched = function (this: unknown, ...args: unknown[]): KoaContext {
    const context = original.apply(this, args);
    const request = context.req;
    const carrier = request?.stream ?? request;
    if (carrier) carrier[key] = context;
    return context;
  };
  prototype.createContext = watched;
  return {
    [Symbol.dispose]() {
      if (prototype.createContext === watched) prototype.createContext = original;
    },
  };
}

/** The route that Koa's router has taken for a request, or for a stream of HTTP/2. */
export function koaRoute(carrier: object): string | undefined {
  const { _matchedRoute: route } = (carrier as Carrier)[key] ?? {};
  return route === undefined ? undefined : String(route);
}
