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

/**
 * Hears which route Fastify takes. An application that is made from now on tells it by a hook before all others, so
 * that requests are named too which a hook or the schema refuses; an older one tells it when the handler is called.
 */
export function watchFastifyRoutes(onRoute: (request: object, route: string) => void): Disposable {
  let isWatching = true;
  const tell = (request: object | undefined, route: string | undefined): void => {
    if (isWatching && request && route) onRoute(request, route);
  };
  const onHandler = (message: unknown): void => {
    const { request, route } = message as HandlerMessage;
    tell(request?.raw, route?.url);
  };
  const onApplication = (message: unknown): void => {
    const { fastify } = message as { fastify?: FastifyApplication };
    fastify?.addHook?.("onRequest", (request, _reply, done) => {
      tell(request.raw, request.routeOptions?.url);
      done();
    });
  };
  subscribe(handlerChannel, onHandler);
  subscribe(applicationChannel, onApplication);
  return {
    [Symbol.dispose]() {
      isWatching = false;
      unsubscribe(handlerChannel, onHandler);
      unsubscribe(applicationChannel, onApplication);
    },
  };
}
