import type { Contexts } from "./contexts.ts";
import type { Guard } from "./guard.ts";
import type { ServerExchange } from "./server-exchanges.ts";

/** What both versions of HTTP are handed. */
export interface ServerFrontOptions {
  readonly contexts: Contexts;
  readonly guard: Guard;
  /** Whether the requests of a server are looked at. */
  isServed(server: object): boolean;
  begin(exchange: ServerExchange, request: object): void;
  end(exchange: ServerExchange, status: number | undefined, error: string | undefined): void;
}

/** Follows the requests of one version of HTTP until it is disposed of. */
export interface ServerFront extends Disposable {
  /** The exchange of a request, as the application knows it. */
  exchangeOf(request: object): ServerExchange | undefined;
}
