import type { TestContext } from "node:test";
import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Health, type HealthOptions, createHealth } from "@seaworthy/health";
import { type Lifecycle, createLifecycle } from "@seaworthy/lifecycle";
import { type ManualClock, createManualClock } from "@seaworthy/lifecycle/testing";

/** A service without doors, on a clock that stands still. */
export interface TestService {
  readonly clock: ManualClock;
  readonly lifecycle: Lifecycle;
  readonly health: Health;
}

/** A service that is ready for work. */
export function startedService(options?: HealthOptions): TestService {
  const clock = createManualClock();
  const lifecycle = createLifecycle({ clock });
  lifecycle.markStarted();
  return { clock, lifecycle, health: createHealth(lifecycle, options) };
}

/** Fails readiness by a check of that name, whose result came from outside. */
export const failReadiness = (
  { health }: Pick<TestService, "health">,
  name = "db",
  reason = "connection refused",
): void => health.pushCheck(name).fail(new Error(reason));

/** A server on a free port, gone when its test is over. */
export async function listening(t: TestContext, listener: RequestListener): Promise<{ server: Server; port: number }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}
