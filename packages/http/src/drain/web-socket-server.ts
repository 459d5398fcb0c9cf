import { type HookContext, type Lifecycle, settledOrAborted, whenAborted } from "@seaworthy/lifecycle";

/** A client of a WebSocket server, by shape. */
export interface WebSocketClient {
  close(code: number, reason: string): void;
  terminate(): void;
  once(event: "close", listener: () => void): unknown;
}

/** A server of the `ws` package, by shape: nothing of it is imported. */
export interface WebSocketServer {
  /** Missing with `clientTracking: false`. */
  readonly clients?: ReadonlySet<WebSocketClient> | undefined;
  handleUpgrade(...parts: never[]): unknown;
  on(event: "connection", listener: (client: WebSocketClient) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  off(event: "connection", listener: (client: WebSocketClient) => void): unknown;
  off(event: "close", listener: () => void): unknown;
}

/** Tells WebSocket servers from other values. */
export function isWebSocketServer(value: unknown): value is WebSocketServer {
  const server = value as Partial<WebSocketServer> | undefined | null;
  if (typeof server?.handleUpgrade !== "function" || typeof server.on !== "function") return false;
  // Others keep something else under that name: engine.io does.
  return server.clients === undefined || server.clients instanceof Set;
}

/** RFC 6455, section 7.4.1: an endpoint is going away. */
const goingAway = 1001;
const why = "The service is stopping.";

/**
 * Has the clients of a WebSocket server leave: asked when the service begins to leave, and again when the window is
 * over, and waited for until the budget of long-lived responses is spent. `onClosed` hears when the server has closed.
 */
export function drainWebSocketServer(
  lifecycle: Lifecycle,
  server: WebSocketServer,
  name: string,
  { longLivedMs, onClosed }: { readonly longLivedMs: number; readonly onClosed: () => void },
): Disposable {
  const untracked = new Set<WebSocketClient>();
  let isWindowOver = false;

  const clients = (): WebSocketClient[] => [...new Set([...untracked, ...(server.clients ?? [])])];
  const ask = (client: WebSocketClient): void => client.close(goingAway, why);
  const onConnection = (client: WebSocketClient): void => {
    if (!server.clients) {
      untracked.add(client);
      client.once("close", () => untracked.delete(client));
    }
    if (isWindowOver) ask(client);
  };

  const drain = async ({ signal }: HookContext): Promise<void> => {
    isWindowOver = true;
    const spent = new AbortController();
    const parts = [
      lifecycle.clock.after(longLivedMs, () => spent.abort(), { ref: true }),
      whenAborted(signal, () => spent.abort()),
    ];
    clients().forEach(ask);
    for (let left = clients(); left.length > 0 && !spent.signal.aborted; left = clients()) {
      await settledOrAborted(Promise.all(left.map(whenClosed)), spent.signal);
    }
    for (const client of clients()) client.terminate();
    for (const part of parts) part[Symbol.dispose]();
  };

  const hook = lifecycle.onDrain(name, drain);
  const listening = lifecycle.onLeave(() => clients().forEach(ask));
  server.on("connection", onConnection);
  server.on("close", onClose);

  function onClose(): void {
    dispose();
    onClosed();
  }
  function dispose(): void {
    server.off("connection", onConnection);
    server.off("close", onClose);
    hook[Symbol.dispose]();
    listening[Symbol.dispose]();
  }
  return { [Symbol.dispose]: dispose };
}

const whenClosed = (client: WebSocketClient): Promise<void> =>
  new Promise((resolve) => void client.once("close", resolve));
