import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** What Fastify's channels carry, as far as the route goes. */
interface HandlerMessage {
  readonly request?: FastifyRequest;
  readonly route?: { readonly url?: string };
}

interface FastifyRequest {
  readonly raw?: object;
  readonly routeOptions?: { readonly url?: string };
}

interface FastifyApplication {
  addHook?(name: "onRequest", hook: (request: FastifyRequest, reply: unknown, done: () => void) => void): unknown;
}

/** Fastify's own, published before each handler. */
const handlerChannel = "tracing:fastify.request.handler:start";
/** Fastify's own, published for each new application. */
const applicationChannel = "fastify.initialization";

/** Called with a request of Node, or a stream of HTTP/2, and its route. */
type Listener = (request: object, route: string) => void;

const listeners = new Set<Listener>();
let hooking = 0;

/**
 * Has the applications of Fastify that are made from now on tell their routes by a hook before all others, to whoever
 * listens by then: requests are named too which a hook or the schema refuses.
 */
export function hookFastify(): Disposable {
  hooking += 1;
  if (hooking === 1) subscribe(applicationChannel, onApplication);
  let isHooking = true;
  return {
    [Symbol.dispose]() {
      if (!isHooking) return;
      isHooking = false;
      hooking -= 1;
      if (hooking === 0) unsubscribe(applicationChannel, onApplication);
    },
  };
}

/** Hears which route Fastify takes. From version 5 on an application without the hook tells it to its handlers only. */
export function watchFastifyRoutes(onRoute: Listener): Disposable {
  const listener: Listener = (request, route) => onRoute(request, route);
  listeners.add(listener);
  if (listeners.size === 1) subscribe(handlerChannel, onHandler);
  const hooked = hookFastify();
  return {
    [Symbol.dispose]() {
      hooked[Symbol.dispose]();
      if (listeners.delete(listener) && listeners.size === 0) unsubscribe(handlerChannel, onHandler);
    },
  };
}

function onApplication(message: unknown): void {
  const { fastify } = message as { fastify?: FastifyApplication };
  fastify?.addHook?.("onRequest", (request, _reply, done) => {
    tell(request.raw, request.routeOptions?.url);
    done();
  });
}

function onHandler(message: unknown): void {
  const { request, route } = message as HandlerMessage;
  tell(request?.raw, route?.url);
}

function tell(request: object | undefined, route: string | undefined): void {
  if (request && route) for (const listener of listeners) listener(request, route);
}
